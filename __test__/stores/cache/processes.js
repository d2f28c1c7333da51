'use strict';

const path = require('node:path');
const readline = require('node:readline');
const { generator, startNode, startRedis } = require('../../support');
const { readings } = require('./support');

const PROCESSES = 4;
const USERS = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6'];

/**
 * Several processes with caches end the tokens of the same users for `ms`. Afterwards every answer
 * is held against what redis held at the time: no check that began more than `maxAge` after a
 * token's end may call it live, in the process that ended it none that began after its end; and
 * none may refuse a token that nobody had begun to end.
 */
async function cachesInProcesses({ maxAge, ms }) {
  const { url, redis } = await startRedis();
  const { seed } = generator();
  const script = path.join(__dirname, 'process.js');
  const config = (i) => JSON.stringify({ url, users: USERS, seed: seed + i, ms, maxAge });
  const all = Array.from({ length: PROCESSES }, (_, i) =>
    startNode(script, { args: [config(i)], timeout: ms + 60000 }),
  );
  const reports = [];
  for (const one of all) {
    readline.createInterface({ input: one.child.stdout }).on('line', (text) => {
      if (text.startsWith('{')) reports.push(JSON.parse(text));
      else if (text !== 'ready') for (const other of all) if (other !== one) other.child.stdin.write(`${text}\n`);
    });
    one.child.stdin.on('error', () => {}); // it is over
  }
  await Promise.all(all.map(({ line }) => line('ready')));
  for (const { child } of all) child.stdin.write('begin\n');
  for (const { code, stderr } of await Promise.all(all.map(({ exit }) => exit))) {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }
  expect(reports).toHaveLength(PROCESSES);

  /** When the first call that ended a token began, and when the first was over. */
  const firsts = (ends) => {
    const found = new Map();
    for (const [token, begun, over] of ends) {
      const known = found.get(token) ?? { begun: Infinity, over: Infinity };
      found.set(token, { begun: Math.min(known.begun, begun), over: Math.min(known.over, over) });
    }
    return found;
  };
  const anywhere = firsts(reports.flatMap(({ ends }) => ends));
  const issued = new Map(reports.flatMap((report) => report.issued));
  const refreshes = reports.flatMap((report) => report.refreshes);
  /** Whether a refresh that ends the token, known to its process or not, had begun by then. */
  const mayBeReplaced = (token, time) =>
    refreshes.some(([user, begun, over]) => token.startsWith(`${user}|`) && begun <= time && over >= issued.get(token));
  const wrong = [];
  const counts = { checks: 0, valid: 0, stale: 0 };
  for (const { checks, ends } of reports) {
    const here = firsts(ends);
    for (const [token, begun, over, valid] of checks) {
      counts.checks += 1;
      counts.valid += valid ? 1 : 0;
      const end = anywhere.get(token) ?? { begun: Infinity, over: Infinity };
      if (valid && begun > end.over) counts.stale += 1;
      if (valid && begun > end.over + maxAge) wrong.push(['live after maxAge', token, begun - end.over]);
      if (valid && begun > (here.get(token)?.over ?? Infinity)) wrong.push(['live in its own process', token]);
      if (!valid && over < end.begun && !mayBeReplaced(token, over)) wrong.push(['refused before its end', token]);
    }
  }
  expect([seed, wrong]).toEqual([seed, []]);
  return { ...counts, readings: await readings(redis) };
}

module.exports = { cachesInProcesses, PROCESSES };
