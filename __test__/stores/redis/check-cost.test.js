'use strict';

// What a check of a token costs where tokens have an idle time: one round trip, and seldom a write.

const {
  commandCalls,
  createApp,
  everybody,
  issue,
  isValid,
  listed,
  login,
  pause,
  rotate,
  SECOND,
  setting,
} = require('../../support');
const { tcpProxy } = require('../../support/tcp-proxy');
const { addForeignTokens, adopted } = require('./support');

const WRITING = ['hset', 'pexpire', 'pexpireat', 'expire', 'zadd', 'set'];

/**
 * A proxy in front of a redis that counts the round trips: how often the client spoke after the
 * server had.
 */
async function countingProxy(port) {
  const counts = { trips: 0 };
  const { url } = await tcpProxy(port, () => {
    let spoken = false;
    return {
      toServer(piece, server) {
        if (!spoken) counts.trips += 1;
        spoken = true;
        server.write(piece);
      },
      toClient(piece, client) {
        spoken = false;
        client.write(piece);
      },
    };
  });
  return Object.assign(counts, { url });
}

describe('with an idle time', () => {
  const here = setting();
  const open = (tokens, idle) =>
    createApp({ wechat: here.wechat, db: everybody(), tokens, options: { sessions: { idle } } });

  /** How often redis was told to write, by clients and scripts, since `CONFIG RESETSTAT`. */
  async function writes() {
    const calls = Object.entries(await commandCalls(here.redis));
    return Object.fromEntries(calls.filter(([name]) => WRITING.includes(name)));
  }

  test.each(['compatible', 'tagged'])('a check is one round trip, also one that writes (layout %s)', async (layout) => {
    const proxy = await countingProxy(here.server.port);
    const app = open({ url: proxy.url, layout }, 5);
    const token = await issue(app, 'o1');
    await isValid(app, token); // the script is loaded
    if (layout === 'compatible') await adopted(here.redis);
    const [before, start] = [proxy.trips, Date.now()];
    let checks = 0;
    await here.redis.config('RESETSTAT');
    for (; Date.now() < start + SECOND; checks += 1) {
      expect(await isValid(app, token)).toBe(true);
      await pause(10);
    }
    expect(proxy.trips).toBe(before + checks);
    expect(checks).toBeGreaterThan(5);
    expect((await writes()).hset).toBeGreaterThan(0); // there were such that write
  });

  test('a check writes at most once per tenth of it', async () => {
    const idle = 10;
    const app = open(here.server.url, idle);
    const token = await issue(app, 'o1');
    await adopted(here.redis);
    await here.redis.config('RESETSTAT');
    const start = Date.now();
    let checks = 0;
    while (Date.now() < start + 2500) {
      await Promise.all(Array.from({ length: 20 }, () => isValid(app, token)));
      checks += 20;
    }
    const tenths = Math.ceil((Date.now() - start) / ((idle * SECOND) / 10));
    const { hset = 0, pexpire = 0, ...others } = await writes();
    expect(checks).toBeGreaterThan(100);
    expect(hset).toBeGreaterThan(0);
    expect(hset).toBeLessThanOrEqual(tenths);
    expect(pexpire).toBeLessThanOrEqual(tenths);
    expect(others).toEqual({});
  });

  test('a check of what is no token asks redis nothing', async () => {
    const proxy = await countingProxy(here.server.port);
    const app = open(proxy.url, 10);
    await issue(app, 'o1');
    await adopted(here.redis);
    const { trips } = proxy;
    expect([await isValid(app, 'garbage'), await isValid(app, 'o1|shop|short')]).toEqual([false, false]);
    expect(await app.sessions.inspect('garbage')).toBeNull();
    expect(await app.sessions.revoke('garbage')).toBe(false);
    expect(proxy.trips).toBe(trips);
  });
});

describe('without an idle time', () => {
  const here = setting();

  test('a check is one command that reads', async () => {
    const proxy = await countingProxy(here.server.port);
    const app = here.open({ tokens: proxy.url });
    const token = await issue(app, 'o1');
    await adopted(here.redis);
    const { trips } = proxy;
    await here.redis.config('RESETSTAT');
    for (let i = 0; i < 10; i += 1) expect(await isValid(app, token)).toBe(true);
    expect(proxy.trips).toBe(trips + 10);
    const calls = Object.entries(await commandCalls(here.redis));
    expect(calls.filter(([name]) => !name.startsWith('config'))).toEqual([['hmget', 10]]);
  });

  test('sessions are seen, rotated and ended without a look at every key of 100000', async () => {
    await addForeignTokens(here.redis, 100000);
    const app = here.open({ options: { sessions: { mode: 'each', max: 5 } } });
    await login(app, here.wechat, 'first');
    await adopted(here.redis);
    await here.redis.config('RESETSTAT');
    for (let i = 0; i < 20; i += 1) {
      const user = `o${i % 4}`;
      await issue(app, user);
      await rotate(app, await issue(app, user), { grace: 0 });
      for (const token of await listed(app, user)) await app.sessions.inspect(token);
      await app.sessions.revoke((await listed(app, user))[0]);
      if (i % 5 === 4) await app.sessions.revokeUser(user, { allSkus: true });
    }
    expect(await here.redis.info('commandstats')).not.toMatch(/cmdstat_(keys|scan|randomkey|sort)[|:]/);
  });
});
