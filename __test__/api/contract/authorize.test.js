'use strict';

const {
  dbExec,
  isValid,
  login,
  rejection,
  rejections,
  sample,
  seen,
  startRedis,
  writeLegacyToken,
} = require('../../support');
const { adopted, indexKey } = require('../../stores/redis/support');
const { authorize, content, contract, newUser, TOKEN } = require('./support');

const here = contract();

const user = (given) => here.wechat.user({ openId: 'o1', ...given });
const log = async (given) => (await authorize(here.app, user(given))).response;

describe('a login', () => {
  test('resolves with exactly status_code, status_message and the token', async () => {
    const result = await authorize(here.app, user());
    expect(result).toStrictEqual({ status_code: 1, status_message: 'OK', response: expect.stringMatching(TOKEN) });
    expect(Object.keys(result)).toEqual(['status_code', 'status_message', 'response']);
  });

  test('leaves the token in redis as a hash under its own name, with ctime, v, x, o and a TTL', async () => {
    const before = Date.now();
    const token = await log();
    expect(await here.redis.type(token)).toBe('hash');
    const record = await here.redis.hgetall(token);
    const time = expect.stringMatching(/^\d{13}$/);
    expect(record).toEqual({ ctime: time, v: '2', x: time, o: '' });
    expect(Number(record.ctime)).toBeGreaterThanOrEqual(before);
    expect(Number(record.ctime)).toBeLessThanOrEqual(Date.now());
    const ttl = await here.redis.ttl(token);
    expect(ttl).toBeLessThanOrEqual(259200);
    expect(ttl).toBeGreaterThan(259100);
  });

  test('leaves no key in redis that never expires, but the notes of the adoption and of the skus', async () => {
    await log();
    await adopted(here.redis);
    const keys = await here.redis.keys('*');
    const lasting = [];
    for (const key of keys) if ((await here.redis.ttl(key)) === -1) lasting.push(key);
    expect(keys.length).toBeGreaterThan(1);
    expect(lasting.sort()).toEqual(['mpauthx:adopted:shop', 'mpauthx:skus']);
  });

  test('makes a row with only openId set', async () => {
    await log();
    expect(await here.users()).toEqual([newUser('o1')]);
  });

  test('leaves the row of a known user alone', async () => {
    await dbExec(here.db, "INSERT INTO user VALUES ('o1', 'Guangzhou', 'CN', 1, 'zh_CN', 'Band', 'Guangdong')");
    const rows = await here.users();
    expect(await log({ extra: { city: 'Shenzhen', nickName: 'other' } })).toMatch(/^o1\|shop\|/);
    expect(await here.users()).toEqual(rows);
  });
});

describe('the user', () => {
  test.each([
    ['the unionId where the data carry one', 'u1', 'u1'],
    ['the openId where they carry none', undefined, 'o1'],
    ['the openId where the unionId is null', null, 'o1'],
    ['the openId where the unionId is empty', '', 'o1'],
  ])('is %s', async (_what, unionId, userId) => {
    expect((await log({ unionId })).slice(0, -64)).toBe(`${userId}|shop|`);
    expect(await here.users()).toEqual([newUser(userId)]);
  });

  test('is not the unionid of the reply', async () => {
    const login = user();
    here.wechat.answer(login.code, { openid: 'o1', session_key: login.sessionKey, unionid: 'u1' });
    expect((await authorize(here.app, login)).response).toMatch(/^o1\|/);
  });

  test.each(["o'; DROP TABLE user; --", 'o%', 'o_', 'O1', 'o"', 'o*', '[o]1', '用户', 'o 1'])(
    '%j is taken literally beside o1',
    async (openId) => {
      const other = await log();
      const token = await log({ openId });
      expect(token.slice(0, -64)).toBe(`${openId}|shop|`);
      expect(await log({ openId })).toBe(token);
      expect(await log()).toBe(other);
      expect((await here.users()).map((row) => row.openId).sort()).toEqual(['o1', openId].sort());
    },
  );

  test('with two rows in a table without a key is there', async () => {
    await dbExec(here.db, "DROP TABLE user; CREATE TABLE user (openId TEXT); INSERT INTO user VALUES ('o1'), ('o1')");
    expect(await log()).toMatch(/^o1\|shop\|/);
    expect(await here.users()).toEqual([{ openId: 'o1' }, { openId: 'o1' }]);
  });
});

describe('openids that are not alike', () => {
  test.each([
    ['another in the reply', { openid: 'o2' }, {}],
    ['another letter case in the reply', { openid: 'O1' }, {}],
    ['none in the reply', {}, {}],
    ['null in the reply', { openid: null }, {}],
    ['none in the data', { openid: 'o1' }, { openId: undefined }],
    ['none in either', {}, { openId: undefined }],
    ['null in both', { openid: null }, { openId: null }],
    ['the unionId in the reply', { openid: 'u1' }, { unionId: 'u1' }],
  ])('(%s) reject with 6009, and leave no user and no token', async (_what, reply, extra) => {
    const login = user({ extra });
    here.wechat.answer(login.code, { session_key: login.sessionKey, ...reply });
    const error = await rejection(authorize(here.app, login));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6009, message: 'OpenID or UnionID not match' });
    expect(await here.users()).toEqual([]);
    expect(await here.redis.keys('*|*')).toEqual([]);
  });
});

describe('a live token', () => {
  test('is returned, and nothing is written to either store', async () => {
    const token = await log();
    await adopted(here.redis);
    const stored = await content(here.redis);
    await here.redis.expire(token, 1000);
    await dbExec(here.db, 'DROP TABLE user'); // who asks it now will hear so
    expect(await log()).toBe(token);
    expect(await content(here.redis)).toEqual(stored);
    const ttl = await here.redis.ttl(token);
    expect(ttl).toBeLessThanOrEqual(1000);
    expect(ttl).toBeGreaterThan(900);
  });

  test.each([259200, null])('of 1.3.2, with a TTL of %p, is returned', async (ttl) => {
    const token = await writeLegacyToken(here.redis, 'o1', 'legacy', { ttl });
    const app = here.open({ db: here.db, sku: 'legacy' });
    expect(await login(app, here.wechat, 'o1')).toBe(token);
    expect(await here.users()).toEqual([]);
  });

  test('of 1.3.2 is returned by an object just made, and the user table is not asked', async () => {
    const users = {
      all: jest.fn((_sql, callback) => callback(null, [])),
      run: jest.fn((_sql, callback) => callback(null)),
    };
    // Many: the login has to meet the end of the walk that looks for such tokens.
    for (let i = 0; i < 600; i += 1) {
      const token = await writeLegacyToken(here.redis, 'o1', `sku${i}`);
      const app = here.open({ db: users, sku: `sku${i}` });
      expect(await login(app, here.wechat, 'o1')).toBe(token);
      await app.close();
    }
    expect(users.all).not.toHaveBeenCalled();
    expect(users.run).not.toHaveBeenCalled();
  }, 120000);

  test('that an administrator deletes is not valid and not returned again', async () => {
    const token = await log();
    await here.redis.del(token);
    expect(await isValid(here.app, token)).toBe(false);
    const next = await log();
    expect(next).not.toBe(token);
    expect(await isValid(here.app, next)).toBe(true);
    expect(await isValid(here.app, token)).toBe(false);
  });

  test('of another sku, of another user, or one that has expired is not returned', async () => {
    const foreign = await login(here.open({ db: here.db, sku: 'shop2' }), here.wechat, 'o1');
    const others = await log({ openId: 'o11' });
    const expired = await log();
    await here.redis.pexpire(expired, 0);
    expect(new Set([foreign, others, expired, await log()]).size).toBe(4);
  });
});

describe('a store that fails', () => {
  test.each([
    ['a table that is missing', 'DROP TABLE user', /^Error: .*no such table: user/],
    [
      'a column that must not be empty',
      'DROP TABLE user; CREATE TABLE user (openId TEXT PRIMARY KEY, n TEXT NOT NULL)',
      /^Error: .*NOT NULL constraint failed: user\.n/,
    ],
    ['a table without the column', 'DROP TABLE user; CREATE TABLE user (id TEXT)', /^Error: .*openId/],
  ])('(%s) rejects with 6000 and the cause, and issues no token', async (_what, sql, message) => {
    await dbExec(here.db, sql);
    const error = await rejection(authorize(here.app, user()));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6000, message: expect.stringMatching(message) });
    expect(await here.redis.keys('*|*')).toEqual([]);
  });

  test('(a redis that refuses a command) rejects with 6000 and the cause', async () => {
    await here.redis.set(indexKey('o1'), 'not an index');
    const error = await rejection(authorize(here.app, user()));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6000, message: expect.stringMatching(/^Error: .*WRONGTYPE/) });
  });

  test('(a redis that is gone) rejects with 6000 and the cause', async () => {
    const server = await startRedis();
    const app = here.open({ db: here.db, tokens: server.url });
    await server.stop();
    for (const error of await rejections(authorize(app, user()), authorize(app, here.wechat.sample()))) {
      expect(error).toBeInstanceOf(Error);
      expect(seen(error)).toStrictEqual({ code: 6000, message: expect.stringMatching(/^Error: ./) });
    }
  });
});

test("WeChat's official sample logs its user in", async () => {
  const { response } = await authorize(here.app, here.wechat.sample());
  expect(response.slice(0, -64)).toBe(`${sample.unionId}|shop|`);
  expect(await here.users()).toEqual([newUser(sample.unionId)]);
});
