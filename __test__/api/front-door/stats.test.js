'use strict';

const { rejection, startFakeWeChat, startRedis, until } = require('../../support');
const { hangingWeChat } = require('../../support/hanging-wechat');
const { open } = require('./support');

const NO_CHECKS = { checks: { live: 0, dead: 0, failed: 0 }, ways: { cache: 0, direct: 0, batch: 0 } };
const BOUNDS = [
  '0.0005',
  '0.001',
  '0.0025',
  '0.005',
  '0.01',
  '0.025',
  '0.05',
  '0.1',
  '0.25',
  '0.5',
  '1',
  '2.5',
  '5',
  '10',
  '+Inf',
];

/** What is left of an object when every number is its type. */
const shapeOf = (value) =>
  typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]))
    : typeof value;

/** A latency as Prometheus has it: no bucket holds less than the one before, the last holds all. */
function expectLatency({ count, sum, buckets }, atLeast) {
  const all = BOUNDS.map((bound) => buckets[bound]);
  expect(Object.keys(buckets)).toHaveLength(15);
  expect(all).toEqual([...all].sort((a, b) => a - b));
  expect(buckets['+Inf']).toBe(count);
  expect(count).toBeGreaterThanOrEqual(atLeast);
  if (atLeast > 0) expect(sum).toBeGreaterThan(0);
}

describe('stats', () => {
  test('are numbers in plain objects, of their own in each call, also after close', async () => {
    const auth = open();
    const first = auth.stats();
    const latency = { count: 'number', sum: 'number', buckets: expect.any(Object) };
    const shape = {
      checks: { live: 'number', dead: 'number', failed: 'number' },
      ways: { cache: 'number', direct: 'number', batch: 'number' },
      logins: 'number',
      ended: { revoked: 'number', replaced: 'number', evicted: 'number', reused: 'number' },
      wechat: { answered: 'number', refused: 'number', failed: 'number', latency },
      redis: { reconnects: 'number', latency },
      inFlight: 'number',
    };
    expect(shapeOf(first)).toEqual(shape);
    first.checks.live = 99;
    expect(auth.stats()).toMatchObject(NO_CHECKS);
    expectLatency(first.wechat.latency, 0);
    await auth.close();
    expect(shapeOf(auth.stats())).toEqual(shape);
  });

  test('count each check once, by verdict and by way', async () => {
    const auth = open();
    const { token } = await auth.sessions.issue('o1');
    await Promise.all([auth.verify(token), auth.verify(token), rejection(auth.verify(`o1|shop|${'ab'.repeat(32)}`))]);
    expect(auth.stats()).toMatchObject({
      checks: { live: 2, dead: 1, failed: 0 },
      ways: { cache: 0, direct: 0, batch: 3 },
    });
    // Nobody is asked about these, so they go no way.
    for (const bad of [undefined, 'x', `o1|other|${'ab'.repeat(32)}`]) await rejection(auth.verify(bad));
    expect(auth.stats()).toMatchObject({ checks: { live: 2, dead: 4, failed: 0 }, ways: { batch: 3 } });
    await auth.sessions.inspect(token); // is none
    expect(auth.stats().checks.live).toBe(2);
  });

  test('count what comes from memory, and by the short way', async () => {
    const { url } = await startRedis();
    const [plain, caching] = [open({ tokens: url }), open({ tokens: url, cache: { maxAge: 60000 } })];
    const { token } = await plain.sessions.issue('o1');
    let asked = 0;
    const checkUntil = (auth, way) =>
      until(async () => {
        asked += 1;
        await auth.verify(token);
        return auth.stats().ways[way] > 0;
      });
    for (const [auth, way] of [
      [plain, 'direct'],
      [caching, 'cache'],
    ]) {
      asked = 0;
      await checkUntil(auth, way);
      const { checks, ways } = auth.stats();
      expect(checks).toEqual({ live: asked, dead: 0, failed: 0 });
      expect(ways.cache + ways.direct + ways.batch).toBe(asked);
      expectLatency(auth.stats().redis.latency, 1);
    }
    expect(plain.stats().ways.cache).toBe(0);
    const before = plain.stats().redis.latency.count;
    await plain.verify(token);
    expect(plain.stats().redis.latency.count).toBe(before + 1);
  });

  test('count checks that failed, and connections that were made again', async () => {
    const server = await startRedis();
    const auth = open({ tokens: { url: server.url, connectTimeout: 1000, deadline: 1000 } });
    const { token } = await auth.sessions.issue('o1');
    await auth.verify(token);
    expect(auth.stats().redis.reconnects).toBe(0);
    await server.stop();
    expect(await rejection(auth.verify(token))).toMatchObject({ code: 6000 });
    expect(auth.stats()).toMatchObject({ checks: { failed: 1 }, redis: { reconnects: 0 } });
    await startRedis({ port: server.port });
    await until(() => auth.sessions.issue('o1').catch(() => null));
    expect(auth.stats().redis.reconnects).toBeGreaterThanOrEqual(1);
  });

  test('count requests to WeChat by their outcomes, each attempt', async () => {
    const wechat = await startFakeWeChat();
    const auth = open({ on: wechat });
    await auth.login(wechat.user({ openId: 'o1' }).code);
    await rejection(auth.login('no-such-code'));
    expect(auth.stats().wechat).toMatchObject({ answered: 1, refused: 1, failed: 0 });
    expectLatency(auth.stats().wechat.latency, 2);
    wechat.answer('busy', { errcode: -1, errmsg: 'system error' });
    const retrying = open({ wechat: { endpoint: wechat.endpoint, retries: 2 } });
    await rejection(retrying.login('busy'));
    expect(retrying.stats().wechat).toMatchObject({ answered: 0, refused: 3, failed: 0 });
    const alone = open({ wechat: { endpoint: await hangingWeChat(), timeout: 200 } });
    await rejection(alone.login('code'));
    expect(alone.stats().wechat).toMatchObject({ answered: 0, refused: 0, failed: 1 });
  });

  test('say how many calls are under way', async () => {
    const auth = open({ wechat: { endpoint: await hangingWeChat(), timeout: 300 } });
    const { token } = await auth.sessions.issue('o1');
    const calls = [auth.login('a'), auth.login('b'), auth.verify(token), auth.verify(token), auth.sessions.list('o1')];
    expect(auth.stats().inFlight).toBe(5);
    await Promise.allSettled(calls);
    expect(auth.stats().inFlight).toBe(0);
  });
});
