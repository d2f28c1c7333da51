'use strict';

// Tokens that are older than `ttl` by the object's own reckoning: an operator has shortened it, an
// administrator has made them live on, or 1.3.2 has issued them. A check of one is as cheap as of
// any other, and does not depend on whether redis takes writes now.

const {
  commandCalls,
  createApp,
  everybody,
  issue,
  isValid,
  pause,
  refresh,
  setting,
  startRedis,
  until,
  writeLegacyToken,
} = require('../../support');
const { adopted, indexKey } = require('./support');

const here = setting();

/** What `count` checks of a token cost redis, by command, once the first has been made. */
async function costOf(app, token, count = 10) {
  expect(await isValid(app, token)).toBe(true);
  await here.redis.config('RESETSTAT');
  for (let i = 0; i < count; i += 1) expect(await isValid(app, token)).toBe(true);
  const { 'config|resetstat': _own, ...calls } = await commandCalls(here.redis);
  return calls;
}

describe('a check', () => {
  test('of a token from before ttl was shortened is one command', async () => {
    const token = await issue(here.open({ ttl: 1000 }), 'o1');
    const app = here.open({ ttl: 1 });
    await adopted(here.redis);
    await pause(1100);
    expect(await costOf(app, token)).toEqual({ hmget: 10 });
    const { expiresAt } = await app.sessions.inspect(token);
    expect(expiresAt).toBe(Number(await here.redis.hget(token, 'x')));
  });

  test('of one that was made to live on is one command, once that is written down', async () => {
    const app = here.open({ ttl: 1 });
    const token = await issue(app, 'o1');
    await adopted(here.redis);
    await here.redis.persist(token);
    await pause(1100);
    expect(await here.redis.exists(indexKey('o1'))).toBe(0); // so a refresh could not see it
    expect(await costOf(app, token)).toEqual({ hmget: 10 });
    expect(await here.redis.zrange(indexKey('o1'), 0, -1)).toEqual([token]);
    expect((await app.sessions.inspect(token)).expiresAt).toBeNull();
    await refresh(app, 'o1');
    expect(await isValid(app, token)).toBe(false);
  });

  test('of one that 1.3.2 has issued is one command, once it is adopted', async () => {
    const app = here.open();
    const token = await writeLegacyToken(here.redis, 'o1', 'shop');
    await adopted(here.redis); // or what that costs would be counted
    expect(await costOf(app, token)).toEqual({ hmget: 10 });
  });

  test('with a cache is none', async () => {
    const token = await issue(here.open({ ttl: 1000 }), 'o1');
    const app = here.open({ ttl: 1, options: { cache: { maxAge: 60000 } } });
    await pause(1100);
    await until(async () => {
      await here.redis.config('RESETSTAT');
      for (let i = 0; i < 10; i += 1) expect(await isValid(app, token)).toBe(true);
      return (await commandCalls(here.redis)).hmget === undefined;
    });
  });
});

describe('tokens that are not listed', () => {
  /** One of 1.3.2's, and one of ours whose index has gone. */
  async function unlisted(redis, app) {
    const legacy = await writeLegacyToken(redis, 'o1', 'shop');
    const ours = await issue(app, 'o2');
    await redis.persist(ours);
    await redis.hdel(ours, 'x'); // as an earlier build left it
    await redis.del(indexKey('o2'));
    return [legacy, ours];
  }

  test('are live while redis takes no writes for want of memory', async () => {
    const app = here.open();
    const tokens = await unlisted(here.redis, app);
    await adopted(here.redis);
    const [fresh] = await unlisted(here.redis, app);
    await here.redis.config('SET', 'maxmemory', '1');
    try {
      for (const token of [...tokens, fresh]) expect(await isValid(app, token)).toBe(true);
    } finally {
      await here.redis.config('SET', 'maxmemory', '0');
    }
    expect(await isValid(app, fresh)).toBe(true);
  });

  test('are live on a replica, whose connection is kept', async () => {
    const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(here.server.port)] });
    await until(async () => (await replica.redis.info('replication')).includes('master_link_status:up'), 20000);
    const [legacy, ours] = await unlisted(here.redis, here.open({ sku: 'other' }));
    await until(async () => (await replica.redis.exists(legacy, ours)) === 2);

    const app = createApp({ redis: replica, wechat: here.wechat, db: everybody() });
    expect(await isValid(app, legacy)).toBe(true);
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(await replica.redis.info('stats'))[1]);
    // The backfill is refused, and looks for the master for a while.
    let before = 0;
    await until(async () => {
      expect(await isValid(app, legacy)).toBe(true);
      const count = await connections();
      await pause(1200);
      before = await connections();
      return before === count;
    }, 20000);
    for (let i = 0; i < 20; i += 1) {
      for (const token of [legacy, ours]) expect(await isValid(app, token)).toBe(true);
    }
    expect(await connections()).toBe(before);
  });
});
