'use strict';

const path = require('node:path');
const readline = require('node:readline');
const { createApp, everybody, generator, issue, isValid, listed, startNode } = require('../../support');

const PROCESSES = 4;
const USERS = ['o1', 'o2', 'o3'];

/** Sets of tokens that rotations have made one session of. */
function families(rotations) {
  const of = new Map();
  const family = (token) => {
    if (!of.has(token)) of.set(token, new Set([token]));
    return of.get(token);
  };
  for (const [old, token] of rotations) {
    const [one, other] = [family(old), family(token)];
    if (one === other) continue;
    for (const member of other) of.set(member, one.add(member));
  }
  return family;
}

/**
 * Several processes change the sessions of the same users for `ms`, and hear of each other's
 * revocations the moment their promises resolve. What was ended must be dead everywhere from then
 * on, and nothing else.
 */
async function sessionsInProcesses(tokens, ms) {
  const { seed } = generator();
  const script = path.join(__dirname, 'session-process.js');
  const config = (i) => JSON.stringify({ tokens, users: USERS, seed: seed + i, ms });
  const all = Array.from({ length: PROCESSES }, (_, i) =>
    startNode(script, { args: [config(i)], timeout: ms + 60000 }),
  );
  const app = createApp({ tokens, db: everybody(), options: { sessions: { mode: 'each' } } });
  const bystanders = [await issue(app, 'bystander'), await issue(app, 'bystander')];

  const told = { issued: [], begin: [], ended: [], refused: [], rotated: [] };
  const reports = [];
  let done = 0;
  for (const one of all) {
    readline.createInterface({ input: one.child.stdout }).on('line', (text) => {
      const line = JSON.parse(text);
      if (line === 'done') {
        done += 1;
        if (done === PROCESSES) for (const { child } of all) child.stdin.end();
      } else if (line.faults) {
        reports.push(line);
      } else if (line !== 'ready') {
        const [[kind, what]] = Object.entries(line);
        told[kind].push(what);
        const news = kind === 'rotated' ? { issued: what[1], depth: line.depth, id: line.id } : line;
        if (kind !== 'begin' && kind !== 'refused') {
          for (const other of all) if (other !== one) other.child.stdin.write(`${JSON.stringify(news)}\n`);
        }
      }
    });
  }
  await Promise.all(all.map(({ line }) => line('ready')));
  for (const { child } of all) child.stdin.write('{}\n');
  for (const { code, stderr } of await Promise.all(all.map(({ exit }) => exit))) {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }

  expect([seed, reports.flatMap(({ faults }) => faults)]).toEqual([seed, []]);
  expect(reports).toHaveLength(PROCESSES);

  const family = families(told.rotated);
  const begun = new Set(told.begin.flatMap((token) => [...family(token)]));
  const ended = new Set(told.ended.flatMap((token) => [...family(token)]));
  // Whatever was refused to somebody, somebody had begun to end.
  expect([seed, told.refused.filter((token) => !begun.has(token))]).toEqual([seed, []]);

  // Now that all is quiet: alive is exactly what nobody ended, under all its names, and listed
  // once.
  const ever = new Set([...told.issued, ...told.rotated.flat()]);
  const wrong = [];
  for (const token of ever) if ((await isValid(app, token)) === ended.has(token)) wrong.push([token, ended.has(token)]);
  expect([seed, wrong]).toEqual([seed, []]);
  const olds = new Set(told.rotated.map(([old]) => old));
  const expected = [...ever].filter((token) => !ended.has(token) && !olds.has(token));
  const ids = [];
  for (const token of expected) ids.push((await app.sessions.inspect(token)).id);
  const lists = (await Promise.all(USERS.map((user) => app.sessions.list(user)))).flat().map(({ id }) => id);
  expect([seed, lists.sort()]).toEqual([seed, ids.sort()]);
  expect(await listed(app, 'bystander')).toEqual(expect.arrayContaining(bystanders));
  for (const token of bystanders) expect(await isValid(app, token)).toBe(true);

  const calls = reports.reduce((sum, one) => sum + one.calls, 0);
  const checks = reports.reduce((sum, one) => sum + one.checks, 0);
  return { calls, checks, ended: told.ended.length, rotated: told.rotated.length };
}

module.exports = { sessionsInProcesses, PROCESSES };
