'use strict';

const { isValid, login, refresh, rejection, seen, startRedis, until, writeLegacyToken } = require('../../support');
const { contract, content, UNKNOWN } = require('./support');

const here = contract();

/** The outcome of isTokenValid as it is: resolved or rejected, and with what. */
const outcome = (token, app = here.app) =>
  app.isTokenValid(token).then(
    (value) => ['resolved', value],
    (reason) => ['rejected', reason],
  );

const VALID = ['resolved', undefined];
const INVALID = ['rejected', undefined];

const shout = (token) => token.replace(/[0-9a-f]{64}$/, (hex) => hex.toUpperCase());

test('a live token resolves with undefined', async () => {
  expect(await outcome(await login(here.app, here.wechat, 'o1'))).toStrictEqual(VALID);
});

test('a refreshed token resolves with undefined, the one before rejects with undefined', async () => {
  const old = await login(here.app, here.wechat, 'o1');
  const token = await refresh(here.app, 'o1');
  expect(await outcome(token)).toStrictEqual(VALID);
  expect(await outcome(old)).toStrictEqual(INVALID);
});

test.each([null, undefined, '', 0, 123, true, 'x', '|', '||', 'a|b', UNKNOWN, 'null', '\0', '*|shop|*', {}, []])(
  '%p rejects with undefined',
  async (token) => {
    expect(await outcome(token)).toStrictEqual(INVALID);
  },
);

test.each([
  ['a symbol', Symbol('s')],
  ['an object without toString', Object.create(null)],
  [
    'a throwing toString',
    {
      toString() {
        throw new Error('no');
      },
    },
  ],
])('%s rejects with undefined', async (_kind, token) => {
  expect(await outcome(token)).toStrictEqual(INVALID);
});

test.each([
  ['a prefix', (token) => token.slice(0, -1)],
  ['a longer text', (token) => `${token}0`],
  ['its user and sku alone', (token) => token.slice(0, -64)],
  ['its session in capitals', shout],
  ['its user in capitals', (token) => token.replace('user', 'USER')],
  ['its sku in capitals', (token) => token.replace('shop', 'SHOP')],
  ['a blank before it', (token) => ` ${token}`],
  ['a line end behind it', (token) => `${token}\n`],
  ['a glob that matches it', (token) => token.replace('user', 'us*')],
])('%s rejects with undefined', async (_kind, change) => {
  const token = await login(here.app, here.wechat, 'user1');
  const changed = change(token);
  expect(changed).not.toBe(token);
  expect(await outcome(changed)).toStrictEqual(INVALID);
  expect(await outcome(token)).toStrictEqual(VALID);
});

test('a token that has expired rejects with undefined', async () => {
  const token = await login(here.app, here.wechat, 'o1');
  await here.redis.pexpire(token, 0);
  expect(await outcome(token)).toStrictEqual(INVALID);
});

test('a token ends with its ttl by itself', async () => {
  const app = here.open({ db: here.db, ttl: 1 });
  const token = await login(app, here.wechat, 'o1');
  await until(async () => !(await isValid(app, token)), 15000);
  expect(await outcome(token, app)).toStrictEqual(INVALID);
});

test('a token of another sku is valid', async () => {
  const token = await login(here.open({ db: here.db, sku: 'other' }), here.wechat, 'o1');
  expect(await outcome(token)).toStrictEqual(VALID);
});

test.each([
  ['of this sku', 'shop', {}],
  ['of another sku', 'other', {}],
  ['without a TTL', 'shop', { ttl: null }],
  ['with a separator in its sku', 'a|b', {}],
])('a token of 1.3.2 %s is valid', async (_what, sku, given) => {
  const token = await writeLegacyToken(here.redis, 'o1', sku, given);
  expect(await outcome(token)).toStrictEqual(VALID);
});

test('a token of 1.3.2 keeps its ctime and the time it has left when it is seen', async () => {
  const token = await writeLegacyToken(here.redis, 'o1', 'shop', { ctime: 1700000000000, ttl: 1000 });
  expect(await outcome(token)).toStrictEqual(VALID);
  expect(await here.redis.hgetall(token)).toMatchObject({ ctime: '1700000000000' });
  const ttl = await here.redis.ttl(token);
  expect(ttl).toBeLessThanOrEqual(1000);
  expect(ttl).toBeGreaterThan(900);
});

describe('a key that is no token', () => {
  const put = {
    string: (redis, key) => redis.set(key, '1700000000000'),
    list: (redis, key) => redis.lpush(key, 'ctime'),
    set: (redis, key) => redis.sadd(key, 'ctime'),
    'sorted set': (redis, key) => redis.zadd(key, 1, 'ctime'),
    stream: (redis, key) => redis.xadd(key, '*', 'ctime', '1700000000000'),
    'hash without ctime': (redis, key) => redis.hset(key, 'v', '2'),
  };
  test.each(Object.keys(put))('(a %s under the name of one) rejects with undefined, and stays', async (kind) => {
    await put[kind](here.redis, UNKNOWN);
    const stored = await here.redis.dump(UNKNOWN);
    expect(await outcome(UNKNOWN)).toStrictEqual(INVALID);
    expect(await here.redis.dump(UNKNOWN)).toBe(stored);
  });

  test.each(['some:other:hash', 'user|shop|short', `user|${'0a'.repeat(32)}`, `user|shop|${'0A'.repeat(32)}`])(
    '(a hash %j with ctime) rejects with undefined',
    async (key) => {
      await here.redis.hset(key, 'ctime', '1700000000000');
      expect(await outcome(key)).toStrictEqual(INVALID);
    },
  );
});

test('asking changes nothing in redis', async () => {
  const token = await login(here.app, here.wechat, 'o1');
  await until(async () => (await here.redis.keys('mpauthx:adopted:*')).length > 0);
  await here.redis.expire(token, 1000);
  const stored = await content(here.redis);
  for (const asked of [token, UNKNOWN, 'x']) await outcome(asked);
  expect(await content(here.redis)).toEqual(stored);
  expect(await here.redis.ttl(token)).toBeLessThanOrEqual(1000);
});

test('a redis that is gone is an Error with code 6000, and one that is back is asked again', async () => {
  const server = await startRedis();
  const app = here.open({ db: here.db, tokens: server.url });
  const token = await login(app, here.wechat, 'o1');
  await server.stop();
  const error = await rejection(app.isTokenValid(token));
  expect(error).toBeInstanceOf(Error);
  expect(seen(error)).toStrictEqual({ code: 6000, message: expect.stringMatching(/^Error: ./) });
  const back = await startRedis({ port: server.port });
  await back.redis.hset(token, { ctime: String(Date.now()), v: '2' });
  await until(() => isValid(app, token).catch(() => false), 15000);
});

test('what cannot be a token rejects with undefined, whether there is a redis or not', async () => {
  const server = await startRedis();
  const app = here.open({ db: here.db, tokens: server.url });
  await server.stop();
  expect(await outcome('some:other:hash', app)).toStrictEqual(INVALID);
});
