'use strict';

const path = require('node:path');
const { createApp, everybody, isValid, lastLine, startFakeWeChat, startNode } = require('../../support');
const { LIMIT, history, prepare, users, verify } = require('./load');
const { disorder } = require('./order');
const { startCluster } = require('./servers');

test('two processes on one Cluster of which a master is killed under load', async () => {
  const cluster = await startCluster();
  const wechat = await startFakeWeChat();
  const app = createApp({ wechat, tokens: cluster.tokens, db: everybody() });
  const quiet = users(12, 'q').map((user) => history(user, { writes: false }));
  const shared = users(12, 's').map((user) => history(user, { lossy: true })); // each process undoes the other's refreshes
  await prepare(app, wechat, quiet);
  await cluster.replicated();

  const people = [
    ...quiet.map((past) => ({ user: past.user, writes: false, live: past.live(), dead: past.dead() })),
    ...shared.map(({ user }) => ({ user, lossy: true })),
  ];
  const fleet = [1, 2].map(() =>
    startNode(path.join(__dirname, 'fleet.js'), {
      args: [JSON.stringify({ tokens: cluster.tokens, people })],
      timeout: 90000,
    }),
  );
  await Promise.all(fleet.map((one) => one.line('busy')));
  await cluster.kill(await cluster.ownerOf(await cluster.slotOf('q0')));
  await cluster.ready();
  for (const one of fleet) one.child.stdin.end();
  const seen = (await Promise.all(fleet.map((one) => one.exit))).map(({ code, stdout, stderr }) => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return lastLine(stdout);
  });

  const numbers = seen.map(({ ok, failed, gap }) => `${ok} ok, ${failed} failed, longest gap ${gap} ms`);
  console.log(`a master killed under two processes: ${numbers.join('; ')}`);
  for (const { ok, gap, wrong } of seen) {
    expect(wrong).toEqual([]);
    expect(ok).toBeGreaterThan(0);
    expect(gap).toBeLessThan(2 * LIMIT);
  }
  expect(await verify(app, wechat, [...quiet, ...shared])).toEqual([]);
  for (const past of quiet) for (const token of past.dead()) expect(await isValid(app, token)).toBe(false);
  expect(await disorder(await cluster.ready())).toEqual([]);
}, 120000);
