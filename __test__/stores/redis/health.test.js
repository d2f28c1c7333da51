'use strict';

const {
  atOnce,
  createApp,
  everybody,
  login,
  rejection,
  startFakeWeChat,
  startRedis,
  until,
  within,
} = require('../../support');

const FIELDS = { ready: expect.any(Boolean), warnings: expect.any(Array) };
const GOOD = { kind: 'redis', ready: true, latencyMs: expect.any(Number), warnings: [] };
const bad = (error) => ({ kind: 'redis', ready: false, latencyMs: null, warnings: [], error });

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

const open = (tokens, redisPass) => createApp({ wechat, db: everybody(), tokens, redisPass });
const tokensOf = async (app) => (await within(10000, app.health(), 'health')).tokens;

describe('health() says of the tokens', () => {
  test('that redis is there, and how fast', async () => {
    const health = await open((await startRedis()).url).health();
    expect(health).toStrictEqual({ tokens: GOOD, users: { kind: 'object', ready: true } });
    expect(health.tokens.latencyMs).toBeGreaterThan(0);
    expect(health.tokens.latencyMs).toBeLessThan(5000);
  });

  test('that redis is away, and that it is back', async () => {
    const server = await startRedis();
    const app = open(server.url);
    expect(await tokensOf(app)).toStrictEqual(GOOD);
    await server.stop();
    expect(await tokensOf(app)).toStrictEqual(bad(expect.stringMatching(/^Error: redis cannot be reached/)));
    await startRedis({ port: server.port });
    await until(async () => (await tokensOf(app)).ready);
  });

  test('that the password is wrong or missing, without saying it', async () => {
    const server = await startRedis({ password: 'Sesame-42' });
    expect(await tokensOf(open(server.url, 'Sesame-43'))).toStrictEqual(bad(expect.stringMatching(/redisPass/)));
    expect(await tokensOf(open(server.url))).toStrictEqual(bad(expect.stringMatching(/NOAUTH .*redisPass/)));
    const right = await tokensOf(open(server.url, 'Sesame-42'));
    expect(right).toStrictEqual(GOOD);
  });

  test('that it is a replica, which cannot be written to', async () => {
    const server = await startRedis();
    const app = open(server.url);
    await server.redis.replicaof('127.0.0.1', '1');
    const expected = bad(expect.stringMatching(/^Error: READONLY .*master/));
    expect(await tokensOf(app)).toStrictEqual(expected);
    await server.redis.replicaof('NO', 'ONE');
    expect(await tokensOf(app)).toStrictEqual(GOOD);
  });

  test.each(['allkeys-lru', 'volatile-ttl', 'volatile-lru', 'allkeys-random'])(
    'that a redis with maxmemory-policy %s may drop tokens',
    async (policy) => {
      const server = await startRedis({ args: ['--maxmemory-policy', policy] });
      const warning = expect.stringMatching(new RegExp(`maxmemory-policy.*${policy}.*noeviction`));
      const app = open(server.url);
      expect(await tokensOf(app)).toStrictEqual({ ...GOOD, warnings: [warning] });
      await server.redis.config('SET', 'maxmemory-policy', 'noeviction');
      expect(await tokensOf(app)).toStrictEqual(GOOD);
    },
  );

  test('that they are in memory', async () => {
    const expected = { kind: 'memory', ready: true, latencyMs: expect.any(Number), warnings: expect.any(Array) };
    expect(await tokensOf(open('memory'))).toStrictEqual(expected);
  });

  test.each([['memory'], ['redis']])('that it was closed (%s)', async (kind) => {
    const app = open(kind === 'memory' ? kind : (await startRedis()).url);
    await app.health();
    await app.close();
    const health = await within(5000, app.health(), 'health');
    expect(health.tokens).toMatchObject({ ...FIELDS, kind, ready: false, error: expect.stringMatching(/closed/) });
  });

  test.each([
    ['cluster', (url) => ({ cluster: [url] })],
    ['sentinel', (url) => ({ sentinels: [url], master: 'm' })],
  ])('what kind it is, also where nobody answers: %s', async (kind, tokens) => {
    const server = await startRedis();
    await server.stop();
    const expected = { ...bad(expect.stringMatching(/^Error: ./)), kind };
    expect(await tokensOf(open({ ...tokens(server.url), deadline: 3000 }))).toStrictEqual(expected);
  });
});

describe('health()', () => {
  test('can be asked a thousand times at once, between other calls', async () => {
    const app = open((await startRedis()).url);
    const [healths, tokens] = await Promise.all([
      atOnce(1000, () => app.health()),
      atOnce(20, () => login(app, wechat, 'o1')),
    ]);
    for (const { tokens: health } of healths) expect(health).toStrictEqual(GOOD);
    expect(new Set(tokens).size).toBe(1);
  });

  test('of a redis that is away is asked at once without harm', async () => {
    const server = await startRedis();
    await server.stop();
    const app = open(server.url);
    const healths = await within(
      10000,
      atOnce(100, () => app.health()),
      'health',
    );
    for (const { tokens } of healths) expect(tokens).toMatchObject({ ready: false });
    expect(await rejection(login(app, wechat, 'o1'))).toMatchObject({ code: 6000 });
  });

  test('neither issues nor adopts, and leaves no key', async () => {
    const server = await startRedis();
    const app = open({ url: server.url, layout: 'tagged' });
    await atOnce(5, () => app.health());
    expect(await server.redis.keys('*')).toEqual([]);
  });
});
