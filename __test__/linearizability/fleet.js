'use strict';

const path = require('node:path');
const readline = require('node:readline');
const { pause, startNode } = require('../support');

/** Long after every test, in milliseconds. */
const LATEST = 4 * 3600 * 1000;

/**
 * Starts the processes that act. Whatever one is given is passed on to the others, and what all of
 * them write down is kept in `events`.
 *
 * @param config of each client, see client.js; `clients` says how many there are
 */
async function startFleet({ clients, env, seed, ...config }) {
  const events = [];
  const members = new Map();
  let users = [];
  let born = 0;

  const say = (member, line) => {
    if (member.child.stdin.writable) member.child.stdin.write(`${JSON.stringify(line)}\n`);
  };

  function hear(client, line) {
    if (line.id) return void events.push(line);
    if (!line.token) return;
    for (const [name, member] of members) if (name !== client) say(member, line);
  }

  async function start() {
    born += 1;
    const client = `c${born}`;
    const args = [JSON.stringify({ ...config, client, seed: seed + born })];
    const member = startNode(path.join(__dirname, 'client.js'), { args, env, timeout: LATEST });
    member.child.stdin.on('error', () => {}); // it was killed
    let ready;
    const isReady = new Promise((resolve) => {
      ready = resolve;
    });
    readline.createInterface({ input: member.child.stdout }).on('line', (text) => {
      const line = parse(text);
      if (line?.ready) ready();
      else if (line) hear(client, line);
    });
    await Promise.race([isReady, member.exit.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
    members.set(client, member);
    say(member, { users });
  }

  for (let i = 0; i < clients; i += 1) await start();

  return {
    events,
    /** From now on all act on these users. */
    actOn(given) {
      users = given;
      for (const member of members.values()) say(member, { users });
    },
    /** Kills one, and starts another in its place. */
    async kill(random) {
      const [client, { child, exit }] = random.pick([...members]);
      members.delete(client);
      child.kill('SIGKILL');
      await exit;
      await start();
    },
    async freeze(random, ms) {
      const [, { child }] = random.pick([...members]);
      child.kill('SIGSTOP');
      await pause(ms);
      child.kill('SIGCONT');
    },
    /** Lets all end the calls that they are in. What any of them has printed as an error. */
    async stop() {
      for (const { child } of members.values()) child.stdin.end();
      const ends = await Promise.all([...members.values()].map(({ exit }) => exit));
      return ends.filter(({ code, stderr }) => code !== 0 || stderr !== '').map(({ stderr }) => stderr);
    },
  };
}

/** The last line of a process that was killed may be cut. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

module.exports = { startFleet };
