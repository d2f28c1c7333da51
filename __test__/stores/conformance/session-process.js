'use strict';

// One of several processes on one store. Changes sessions at random for a while and tells each
// change, a line of JSON, on stdout; hears on stdin what the others have ended, and checks at once
// that it is dead here too. Ends when stdin does, and prints as its last line what should not have
// happened.
//
// Argument: JSON { tokens, users, seed, ms }. Lines: { begin: token } before a token is ended, {
// ended: token } after, { issued: token }, { rotated: [old, new] }, both with the new one's
// `depth`; { refused: token }; and at last { faults, calls, checks }.

const readline = require('node:readline');
const { createApp, everybody, generator, isValid } = require('../../support');

const LANES = 4;
const GRACE = 3600;
/** Only so many rotations within a grace are followed. */
const MAX_DEPTH = 8;
/** More sessions than this are not made: lists of them would be most of the work. */
const MAX_KNOWN = 200;

async function main({ tokens, users, seed, ms }) {
  const random = generator(seed);
  const app = createApp({ tokens, db: everybody(), options: { sessions: { mode: 'each' } } });
  const known = [];
  /** How many rotations lie behind a token. */
  const depths = new Map();
  const dead = new Set();
  /** The ids of sessions, by their tokens, and those of the dead. */
  const ids = new Map();
  const deadIds = new Set();
  const faults = [];
  const checks = [];
  let calls = 0;

  const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const meet = ({ token, id }, depth) => {
    ids.set(token, id);
    if (dead.has(token)) return;
    if (!known.includes(token)) known.push(token);
    // Who rotates an old token gets the newest one, and may not have heard yet how many lie
    // between.
    depths.set(token, Math.max(depth, depths.get(token) ?? 0));
  };
  const bury = (token, id = ids.get(token)) => {
    dead.add(token);
    deadIds.add(id);
    if (known.includes(token)) known.splice(known.indexOf(token), 1);
  };

  /** A token that was ended before this call must be dead by now, whoever ended it. */
  async function expectDead(token, who) {
    if (await isValid(app, token)) faults.push(`${token} was ended by ${who} and is valid`);
    if ((await app.sessions.inspect(token)) !== null) faults.push(`${token} was ended by ${who} and can be inspected`);
  }

  const others = readline.createInterface({ input: process.stdin });
  others.on('line', (text) => {
    const { ended, issued, depth, id } = JSON.parse(text);
    if (issued) meet({ token: issued, id }, depth);
    if (ended) {
      bury(ended, id);
      checks.push(expectDead(ended, 'another process'));
    }
  });

  const ACTS = {
    async issue() {
      if (known.length > MAX_KNOWN) return ACTS.revoke();
      const issued = await app.sessions.issue(random.pick(users));
      meet(issued, 0);
      tell({ issued: issued.token, depth: 0, id: issued.id });
    },

    async check() {
      const token = random.pick(known);
      if (token === undefined) return;
      if (!(await isValid(app, token))) tell({ refused: token });
    },

    async list() {
      const buried = new Set(deadIds);
      for (const { id } of await app.sessions.list(random.pick(users))) {
        if (buried.has(id)) faults.push(`the session ${id} was dead and is listed`);
      }
    },

    async rotate() {
      const token = random.pick(known);
      if (token === undefined || depths.get(token) >= MAX_DEPTH) return;
      const wasDead = dead.has(token);
      const next = await app.sessions.rotate(token, { grace: GRACE }).catch((error) => {
        if (error.code !== 6007) throw error;
        tell({ refused: token });
      });
      if (next === undefined) return;
      if (wasDead) faults.push(`${token} was dead and was rotated`);
      const depth = depths.get(token) + 1;
      meet(next, depth);
      tell({ rotated: [token, next.token], depth, id: next.id });
    },

    async revoke() {
      const token = random.pick(known);
      if (token === undefined) return;
      tell({ begin: token });
      await app.sessions.revoke(token);
      bury(token);
      tell({ ended: token, id: ids.get(token) });
      await expectDead(token, 'this process');
    },

    async burrow() {
      if (dead.size > 0) await expectDead(random.pick([...dead]), 'somebody');
    },
  };
  const NAMES = ['issue', 'issue', 'issue', 'check', 'check', 'list', 'rotate', 'rotate', 'rotate', 'revoke', 'burrow'];

  tell('ready');
  await new Promise((resolve) => others.once('line', resolve));
  const end = Date.now() + ms;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      while (Date.now() < end) {
        await ACTS[random.pick(NAMES)]();
        calls += 1;
      }
    }),
  );
  tell('done');
  await new Promise((resolve) => others.once('close', resolve));
  await Promise.all(checks);
  await app.close();
  tell({ faults, calls, checks: checks.length });
}

main(JSON.parse(process.argv[2])).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
