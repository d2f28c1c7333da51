'use strict';

const {
  dbExec,
  isValid,
  liveOf,
  login,
  refresh,
  rejection,
  seen,
  startRedis,
  writeLegacyToken,
} = require('../../support');
const { records } = require('../../stores/redis/support');
const { contract, TOKEN } = require('./support');

const here = contract();

const addUser = (id) => dbExec(here.db, `INSERT INTO user (openId) VALUES ('${id}')`);

test.each([[[]], [[null]], [[undefined]]])('without a user (%p) it rejects with 6001', async (args) => {
  const error = await rejection(here.app.refreshToken(...args));
  expect(error).toBeInstanceOf(Error);
  expect(seen(error)).toStrictEqual({ code: 6001, message: 'Missing userId parameter' });
});

test.each([
  Symbol('s'),
  Object.create(null),
  {
    toString() {
      throw new Error('no');
    },
  },
])('what cannot become text (case %#) rejects with 6001', async (userId) => {
  const error = await rejection(here.app.refreshToken(userId));
  expect(error).toBeInstanceOf(Error);
  expect(seen(error)).toStrictEqual({ code: 6001, message: expect.any(String) });
});

test.each(['nobody', '', 'O1', 'o', 'o_', 'o%', '%', "o1' OR '1'='1", 'o1 '])(
  'a user who has no row (%j) rejects with 6010, makes no row and issues no token',
  async (userId) => {
    await addUser('o1');
    const error = await rejection(here.app.refreshToken(userId));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6010, message: 'Cannot find such user in DB' });
    expect((await here.users()).map((row) => row.openId)).toEqual(['o1']);
    expect(await here.redis.keys('*|*')).toEqual([]);
  },
);

test('it resolves as authorize does, and leaves the token in redis as authorize does', async () => {
  await addUser('o1');
  const app = here.open({ db: here.db, ttl: 1000 });
  const before = Date.now();
  const result = await app.refreshToken('o1');
  expect(result).toStrictEqual({ status_code: 1, status_message: 'OK', response: expect.stringMatching(TOKEN) });
  expect(Object.keys(result)).toEqual(['status_code', 'status_message', 'response']);
  expect(result.response.slice(0, -64)).toBe('o1|shop|');
  expect(await here.redis.type(result.response)).toBe('hash');
  const record = await here.redis.hgetall(result.response);
  expect(record).toEqual({ ctime: expect.stringMatching(/^\d{13}$/), v: '2', x: expect.stringMatching(/^\d{13}$/) });
  expect(Number(record.ctime)).toBeGreaterThanOrEqual(before);
  expect(Number(record.ctime)).toBeLessThanOrEqual(Date.now());
  const ttl = await here.redis.ttl(result.response);
  expect(ttl).toBeLessThanOrEqual(1000);
  expect(ttl).toBeGreaterThan(900);
});

test('a user is known by a number as by its decimal text', async () => {
  await addUser('123');
  expect(await refresh(here.app, 123)).toMatch(/^123\|shop\|/);
});

test('every live token of the user and sku ends, those of 1.3.2 too', async () => {
  await addUser('o1');
  const old = [
    await login(here.app, here.wechat, 'o1'),
    await writeLegacyToken(here.redis, 'o1', 'shop'),
    await writeLegacyToken(here.redis, 'o1', 'shop', { ctime: Date.now() - 86400000 }),
    await writeLegacyToken(here.redis, 'o1', 'shop', { ttl: null }),
  ];
  expect(await liveOf(here.app, old)).toEqual(old);
  const token = await refresh(here.app, 'o1');
  expect(await liveOf(here.app, [...old, token])).toEqual([token]);
  expect(await login(here.app, here.wechat, 'o1')).toBe(token);
  expect(await records(here.redis, 'o1')).toEqual([token]);
});

test('tokens of other skus and of other users stay', async () => {
  const kept = [
    await login(here.open({ db: here.db, sku: 'shop2' }), here.wechat, 'o1'),
    await login(here.open({ db: here.db, sku: '' }), here.wechat, 'o1'),
    await login(here.app, here.wechat, 'o11'),
    await login(here.app, here.wechat, 'O1'),
    await writeLegacyToken(here.redis, 'o1', 'shop3'),
    await writeLegacyToken(here.redis, 'xo1', 'shop'),
  ];
  const old = await login(here.app, here.wechat, 'o1');
  const token = await refresh(here.app, 'o1');
  expect(await liveOf(here.app, [old, ...kept, token])).toEqual([...kept, token]);
});

test.each(['o*', 'o?', '[o]1', 'o\\1'])('a refresh of %j leaves the tokens of o1', async (userId) => {
  const token = await login(here.app, here.wechat, 'o1');
  const own = await login(here.app, here.wechat, userId);
  await refresh(here.app, userId);
  expect(await liveOf(here.app, [token, own])).toEqual([token]);
});

test('each refresh ends what the one before issued', async () => {
  await addUser('o1');
  const tokens = [];
  for (let i = 0; i < 4; i += 1) tokens.push(await refresh(here.app, 'o1'));
  expect(new Set(tokens).size).toBe(4);
  expect(await liveOf(here.app, tokens)).toEqual([tokens[3]]);
});

test('a token that 1.3.2 issued before a refresh that did not see it is refused', async () => {
  await addUser('o1');
  await refresh(here.app, 'o1');
  const late = await writeLegacyToken(here.redis, 'o1', 'shop', { ctime: Date.now() - 60000 });
  expect(await isValid(here.app, late)).toBe(false);
});

test('a failing user table rejects with 6000 and the cause, and ends no token', async () => {
  const token = await login(here.app, here.wechat, 'o1');
  await dbExec(here.db, 'DROP TABLE user');
  const error = await rejection(here.app.refreshToken('o1'));
  expect(error).toBeInstanceOf(Error);
  expect(seen(error)).toStrictEqual({ code: 6000, message: expect.stringMatching(/^Error: .*no such table: user/) });
  expect(await isValid(here.app, token)).toBe(true);
});

test('a redis that is gone rejects with 6000; a user who is not there is 6010 all the same', async () => {
  await addUser('o1');
  const server = await startRedis();
  const app = here.open({ db: here.db, tokens: server.url });
  await server.stop();
  const error = await rejection(app.refreshToken('o1'));
  expect(error).toBeInstanceOf(Error);
  expect(seen(error)).toStrictEqual({ code: 6000, message: expect.stringMatching(/^Error: ./) });
  expect(seen(await rejection(app.refreshToken('o2')))).toMatchObject({ code: 6010 });
});
