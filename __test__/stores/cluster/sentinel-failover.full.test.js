'use strict';

const { createApp, everybody, isValid, login, refresh, startFakeWeChat, until, within } = require('../../support');
const { LIMIT, history, prepare, startLoad, users, verify } = require('./load');
const { disorder } = require('./order');
const { startSentinel } = require('./sentinels');

const PASSWORD = 'p-ss:w0rd/of-the-master';

describe('a redis that Sentinels watch', () => {
  let here;
  let wechat;
  beforeEach(async () => {
    here = await startSentinel({ password: PASSWORD });
    wechat = await startFakeWeChat();
  });

  const open = () => createApp({ wechat, tokens: here.tokens, redisPass: PASSWORD, db: everybody() });

  /**
   * Lets users act, ends the master by `end`, and looks at what is left when the other has taken
   * over.
   */
  async function failover(app, end) {
    const quiet = users(8, 'q').map((user) => history(user, { writes: false }));
    const busy = users(8, 'b').map((user) => history(user));
    await prepare(app, wechat, [...quiet, ...busy]);
    await here.replicated();
    const revoked = [...quiet, ...busy].flatMap((past) => past.dead());
    for (const past of busy) past.lossy = true;

    const load = startLoad(app, wechat, [...quiet, ...busy]);
    await load.answers(10);
    await end(here.master);
    const master = await here.newMaster(here.master);
    await load.answers(10);
    await master.redis.script('FLUSH');
    await load.answers(10);
    const seen = await load.stop();

    expect(seen.wrong).toEqual([]);
    expect(await verify(app, wechat, [...quiet, ...busy])).toEqual([]);
    for (const token of revoked) expect(await isValid(app, token)).toBe(false);
    expect(await disorder([master])).toEqual([]);
    return { master, quiet };
  }

  test('that is killed: the object follows the new master, and the old one comes back as its replica', async () => {
    const app = open();
    const { master, quiet } = await failover(app, (node) => node.stop());
    await here.revive(here.master);
    expect(await here.newMaster(here.master)).toBe(master);
    const load = startLoad(app, wechat, quiet);
    await load.answers(5);
    expect(await load.stop()).toMatchObject({ failed: 0, wrong: [] });
  });

  test('that is frozen: the object follows the new master, and nothing that it did is undone by the old one', async () => {
    const app = open();
    const { master } = await failover(app, (node) => node.pause());
    const [ended, token] = [await login(app, wechat, 'o1'), await refresh(app, 'o1')];
    here.master.resume();
    for (let i = 0; i < 20; i += 1) expect(await isValid(app, token)).toBe(true);
    await here.follows(here.master);
    expect(await isValid(app, ended)).toBe(false);
    expect(await login(app, wechat, 'o1')).toBe(token);
    expect(await master.redis.exists(token)).toBe(1);
  });

  test('that steps down while nobody calls is not noticed', async () => {
    const app = open();
    const token = await login(app, wechat, 'o1');
    await here.replicated();
    // A Sentinel may still be unsure of the replica.
    await until(
      () => here.sentinels[0].redis.call('SENTINEL', 'FAILOVER', here.tokens.master).catch(() => false),
      20000,
    );
    await here.newMaster(here.master);
    await here.follows(here.master);
    const next = await within(LIMIT, refresh(app, 'o1'), 'the first call after it');
    expect(await isValid(app, token)).toBe(false);
    expect(await login(app, wechat, 'o1')).toBe(next);
  });
});
