'use strict';

const { once } = require('node:events');
const path = require('node:path');
const readline = require('node:readline');
const { generator, pause, startFakeWeChat, startNode } = require('../support');
const { createWorld } = require('./faults');
const { callsOf, faultOf } = require('./functions');
const { createVisitor } = require('./visitor');
const { growth, vitals } = require('./vitals');

const VISITORS = 24;

/** Of calls, in milliseconds: of what concerns redis, and WeChat. */
const DEADLINE = 1500;
const TIMEOUT = 1000;

/** A call may ask each of them a few times; and the machine is busy. */
const LIMIT = 12000;

/** Between two faults: time for all to work again, and to be looked at. */
const CALM = 3000;

/**
 * Lets an application serve visitors for a while, with faults every few seconds.
 *
 * @returns what there was, how the process has grown, and what must not be
 */
async function soak({ seconds, seed = generator().seed, visitors = VISITORS }) {
  const random = generator(seed);
  const wechat = await startFakeWeChat();
  const world = await createWorld(wechat);
  const config = { redis: world.url, endpoint: wechat.endpoint, deadline: DEADLINE, timeout: TIMEOUT };
  const server = startNode(path.join(__dirname, 'server.js'), {
    args: [JSON.stringify(config)],
    timeout: seconds * 1000 + 120000,
  });
  const { ports } = JSON.parse((await once(readline.createInterface({ input: server.child.stdout }), 'line'))[0]);

  const wrong = [];
  const statuses = {};
  const faults = {};
  const samples = [];
  let slowest = 0;
  let calls = 0;

  const asker =
    (port) =>
    (method, where, { token, body } = {}) =>
      timed(() => request(port, method, where, { token, body }), `${method} ${where}`);

  async function timed(act, what) {
    const begun = Date.now();
    const answer = await act().catch((error) => ({ status: 0, body: `${error.cause ?? error}` }));
    const took = Date.now() - begun;
    slowest = Math.max(slowest, took);
    if (took > LIMIT) wrong.push(`${what} took ${took} ms`);
    calls += 1;
    const key = answer.error ? `${answer.error.code ?? answer.error}` : `${answer.status}`;
    statuses[key] = (statuses[key] ?? 0) + 1;
    return answer;
  }

  const guests = Array.from({ length: visitors }, (_, i) => {
    const user = `o-soak-${i}`;
    const code = () => wechat.user({ openId: user }).code;
    return createVisitor({
      user,
      random,
      code,
      ask: asker(ports[i % ports.length]),
      wrong: (what) => wrong.push(what),
    });
  });
  let over = false;
  const lanes = guests.map(async (guest) => {
    while (!over) {
      await guest.act();
      await pause(random.below(40));
    }
  });
  lanes.push(callAll());

  async function callAll() {
    while (!over) {
      const openId = `o-call-${random.below(8)}`;
      for (const call of callsOf({ wechat, openId, token: () => random.pick(guests).token() })) {
        const answer = await timed(() => post(ports[0], '/call', call), call.name);
        const fault = faultOf(call, answer);
        if (fault) wrong.push(fault);
        wechat.requests.length = 0; // it would grow
        if (over) return;
      }
    }
  }

  const end = Date.now() + seconds * 1000;
  for (let n = random.below(world.faults.length); Date.now() < end; n += 1) {
    const { name, run } = world.faults[n % world.faults.length];
    await run();
    faults[name] = (faults[name] ?? 0) + 1;
    await pause(CALM);
    samples.push(vitals(server.child.pid));
  }
  over = true;
  await Promise.all(lanes);
  const { code, stderr } = await ended(server);
  if (code !== 0 || stderr !== '') wrong.push(`the application has printed ${stderr}`);
  return { seed, seconds, calls, statuses, faults, slowest, samples: samples.length, growth: growth(samples), wrong };
}

async function ended(server) {
  server.child.stdin.end();
  return server.exit;
}

async function request(port, method, where, { token, body }) {
  const headers = {
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(body && { 'Content-Type': 'application/json' }),
  };
  const given = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`http://127.0.0.1:${port}${where}`, given);
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : parsed(text) };
}

async function post(port, where, body) {
  const { status, body: answer } = await request(port, 'POST', where, { body });
  return { status, ...answer };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** How much more a process may have at the end of a long soak: nothing that goes on growing. */
const MORE = { memory: 40, threads: 4, descriptors: 12 };

/** What has grown too much. */
function flaws(report) {
  return Object.entries(MORE)
    .filter(([name, most]) => report.growth[name].by > most)
    .map(([name]) => `${name}: from ${report.growth[name].from} to ${report.growth[name].to}`);
}

module.exports = { flaws, soak };
