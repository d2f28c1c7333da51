'use strict';

const { createApp, everybody, isValid, startFakeWeChat } = require('../../support');
const { history, prepare, startLoad, users, verify } = require('./load');
const { disorder } = require('./order');
const { startCluster } = require('./servers');

describe('a Redis Cluster of which a master is killed', () => {
  let cluster;
  let wechat;
  beforeAll(async () => {
    cluster = await startCluster();
    wechat = await startFakeWeChat();
  });

  /** Loses the scripts everywhere. */
  async function flushScripts() {
    for (const node of await cluster.ready()) await node.redis.script('FLUSH');
  }

  test('settles every call, keeps what was replicated, and serves the same object again', async () => {
    const app = createApp({ wechat, tokens: cluster.tokens, db: everybody() });
    const quiet = users(12, 'q').map((user) => history(user, { writes: false }));
    const busy = users(12, 'b').map((user) => history(user));
    await prepare(app, wechat, [...quiet, ...busy]);
    await cluster.replicated();
    const revoked = [...quiet, ...busy].flatMap((past) => past.dead());

    const victim = await cluster.ownerOf(await cluster.slotOf('q0'));
    for (const past of busy) past.lossy = (await cluster.ownerOf(await cluster.slotOf(past.user))) === victim;
    expect(new Set(busy.map((past) => past.lossy)).size).toBe(2); // some on the victim, some elsewhere

    const load = startLoad(app, wechat, [...quiet, ...busy]);
    await load.answers(5);
    await flushScripts();
    await load.answers(5);
    await cluster.kill(victim);
    await cluster.ready();
    await load.answers(10);
    await flushScripts();
    await load.answers(10);
    const seen = await load.stop();

    expect(seen.wrong).toEqual([]);
    expect(await verify(app, wechat, [...quiet, ...busy])).toEqual([]);
    for (const token of revoked) expect(await isValid(app, token)).toBe(false);
    expect(await disorder(await cluster.ready())).toEqual([]);

    await cluster.revive(victim);
    const masters = await cluster.ready();
    expect(masters).not.toContain(victim);
    const again = startLoad(app, wechat, quiet);
    await again.answers(5);
    expect(await again.stop()).toMatchObject({ failed: 0, wrong: [] });
  });
});
