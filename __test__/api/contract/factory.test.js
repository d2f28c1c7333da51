'use strict';

const {
  createApp,
  dbAll,
  defer,
  everybody,
  isValid,
  login,
  mpauthx,
  rejection,
  seen,
  startRedis,
} = require('../../support');
const { authorize, contract, UNKNOWN } = require('./support');

const FUNCTIONS = ['authorize', 'close', 'extractOpenId', 'extractSku', 'isTokenValid', 'refreshToken'];

const here = contract();

/** The factory with a `ttl` and nothing else of interest. */
const withTtl = (ttl) => createApp({ ttl, tokens: 'memory' });

test('the package is the factory itself, under default too', () => {
  expect(typeof mpauthx).toBe('function');
  expect(mpauthx.default).toBe(mpauthx);
});

test('an object has the functions and constants of 1.3.2', () => {
  expect(Object.keys(here.app)).toEqual(expect.arrayContaining([...FUNCTIONS, 'constants']));
  for (const name of FUNCTIONS) expect(typeof here.app[name]).toBe('function');
});

test('the functions work without their object', async () => {
  const { authorize, isTokenValid, refreshToken } = here.app;
  const { code, encryptedData, iv } = here.wechat.user({ openId: 'o1' });
  const { response } = await authorize(code, encryptedData, iv);
  await isTokenValid(response);
  const { response: next } = await refreshToken('o1');
  await isTokenValid(next);
  expect(next).not.toBe(response);
});

test('it returns at once and throws nothing where there is no redis', async () => {
  const gone = await startRedis();
  await gone.stop();
  expect(Object.keys(createApp({ redis: gone }))).toContain('authorize');
});

describe('redisPass', () => {
  test.each([null, undefined, ''])('%p sends no AUTH', async (redisPass) => {
    const server = await startRedis();
    const app = createApp({ tokens: server.url, redisPass });
    await rejection(app.isTokenValid(UNKNOWN));
    expect(await server.redis.info('commandstats')).not.toMatch(/cmdstat_auth/);
    expect(await server.redis.info('clients')).toMatch(/connected_clients:[2-9]/); // it was there
  });

  test('opens a redis that wants it', async () => {
    const server = await startRedis({ password: 'correct horse' });
    const app = createApp({ redis: server, wechat: here.wechat, db: everybody() });
    expect(await isValid(app, await login(app, here.wechat, 'o1'))).toBe(true);
  });

  test('is sent to a redis that wants none, which does no harm', async () => {
    const server = await startRedis();
    const app = createApp({ redis: server, redisPass: 'needless', wechat: here.wechat, db: everybody() });
    expect(await isValid(app, await login(app, here.wechat, 'o1'))).toBe(true);
    expect(await server.redis.info('commandstats')).toMatch(/cmdstat_auth/);
  });
});

describe('ttl', () => {
  test.each([
    ['a number', 1000, 1000],
    ['a numeric string', '1000', 1000],
    ['null', null, 259200],
    ['undefined', undefined, 259200],
  ])('as %s is the life of a token in seconds', async (_kind, ttl, seconds) => {
    const token = await login(here.open({ db: here.db, ttl }), here.wechat, 'o1');
    const left = await here.redis.ttl(token);
    expect(left).toBeLessThanOrEqual(seconds);
    expect(left).toBeGreaterThan(seconds - 100);
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, '', '0', '-5', '1.5', 'soon', '1e', true, {}, [], [60, 1], Symbol('s')])(
    '%p throws a TypeError that names it',
    (ttl) => {
      expect(() => withTtl(ttl)).toThrow(TypeError);
      expect(() => withTtl(ttl)).toThrow(/ttl/);
    },
  );
});

describe('sku', () => {
  test.each(['', 'a b', '微信', 'a*?[x]\\', 'a}{b', '%', 'a|b'])('%j stands in the token as it is', async (sku) => {
    const app = here.open({ db: here.db, sku });
    const token = await login(app, here.wechat, 'o1');
    expect(token.slice(0, -64)).toBe(`o1|${sku}|`);
    expect(await isValid(app, token)).toBe(true);
    expect(await login(app, here.wechat, 'o1')).toBe(token);
  });

  test.each([
    [null, 'null'],
    [123, '123'],
    [true, 'true'],
  ])('%p stands in the token as its text', async (sku, text) => {
    const token = await login(here.open({ db: here.db, sku }), here.wechat, 'o1');
    expect(token.slice(0, -64)).toBe(`o1|${text}|`);
  });

  test('undefined stands in the token as its text', async () => {
    const app = mpauthx('wx', 'secret', undefined, everybody(), null, null, { tokens: here.server.url });
    defer(() => app.close());
    expect((await app.refreshToken('o1')).response.slice(0, -64)).toBe('o1|undefined|');
  });
});

describe('a missing appId or secret', () => {
  test.each([
    ['appId', { appId: null }, ['appId']],
    ['secret', { secret: null }, ['secret']],
    ['appId and secret', { appId: null, secret: null }, ['appId', 'secret']],
  ])('(%s) makes authorize reject with 6008 that names it, and asks WeChat nothing', async (_what, given, names) => {
    const before = here.wechat.requests.length;
    const error = await rejection(authorize(here.open({ db: here.db, ...given }), here.wechat.sample()));
    expect(error).toBeInstanceOf(Error);
    expect(Object.keys(error)).toEqual(['code']);
    expect(error.code).toBe(6008);
    expect(error.message).toMatch(/^Request to get session key and open id error: /);
    expect(['appId', 'secret'].filter((name) => error.message.includes(name))).toEqual(names);
    expect(here.wechat.requests).toHaveLength(before);
  });

  test('does not keep a service from checking and refreshing tokens', async () => {
    const token = await login(here.app, here.wechat, 'o1');
    const checks = here.open({ db: here.db, appId: null, secret: null });
    expect(await isValid(checks, token)).toBe(true);
    expect((await checks.refreshToken('o1')).status_code).toBe(1);
  });
});

describe('a db of null', () => {
  test.each([null, undefined])('(%p) makes what needs it reject with 6000 that says so', async (db) => {
    const app = here.open({ db });
    const errors = [
      await rejection(authorize(app, here.wechat.user({ openId: 'o1' }))),
      await rejection(app.refreshToken('o1')),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(Error);
      expect(seen(error)).toStrictEqual({ code: 6000, message: expect.stringMatching(/^Error: .*\bdb\b/) });
    }
  });

  test('checks tokens, and logs in a user who has one', async () => {
    const token = await login(here.app, here.wechat, 'o1');
    const app = here.open({ db: null });
    expect(await isValid(app, token)).toBe(true);
    expect(await login(app, here.wechat, 'o1')).toBe(token);
  });
});

describe('db', () => {
  const all = () => {};
  const NOTHING = [
    42,
    true,
    {},
    [],
    () => {},
    Symbol('db'),
    new Map(),
    { all },
    { run: all },
    { all, run: 'x' },
    { has: all },
    { add: all },
    { has: all, add: 'x' },
    { prepare: all },
    { all, add: all },
    new URL('http://127.0.0.1/users.db'),
    Promise.resolve('users.db'),
  ];
  test.each(NOTHING.map((db) => [db]))('%p throws a TypeError that lists what can be', (db) => {
    const create = () => createApp({ db, tokens: 'memory' });
    expect(create).toThrow(TypeError);
    const kinds = [/db/, /path/, /sqlite3/, /better-sqlite3/, /node:sqlite/, /all/, /run/, /has/, /add/, /null/];
    for (const kind of kinds) expect(create).toThrow(kind);
  });

  test.each([
    '',
    ':memory:',
    'file:',
    'file::memory:',
    'file:users.db?mode=ro',
    'file:users.db?mode=rwc',
    'file:users.db?mode=memory',
    'file:users.db?cache=shared',
    'file:users.db?vfs=unix-none',
    'file:users.db?immutable=1',
    'file:users.db?nolock=1',
    'file:users.db?mode=rw&mode=ro',
    'file:users.db?mode=rw&cache=shared',
    'file:users.db?MODE=rw',
    'file://example.com/users.db',
    'file:///users%00.db',
    'file:///users%ff.db',
    'file:///users%zz.db',
  ])('%j names no file that can be: throws a TypeError that names db', (db) => {
    const given = [db, ...(/[/?]/.test(db) ? [new URL(db)] : [])];
    for (const one of given) {
      expect(() => createApp({ db: one, tokens: 'memory' })).toThrow(TypeError);
      expect(() => createApp({ db: one, tokens: 'memory' })).toThrow(/\bdb\b/);
    }
  });

  test('is not closed by close', async () => {
    await login(here.app, here.wechat, 'o1');
    await here.app.close();
    expect(await dbAll(here.db, 'SELECT openId FROM user')).toEqual([{ openId: 'o1' }]);
  });

  test('as an object with only all and run is asked by all(sql, callback) and run(sql, callback)', async () => {
    const calls = [];
    const note = (name, rows) =>
      function (...args) {
        calls.push([name, ...args.map((arg) => typeof arg), this === db]);
        args[1](null, rows);
      };
    const db = { all: note('all', []), run: note('run') };
    await login(here.open({ db }), here.wechat, 'o1');
    expect(calls).toEqual([
      ['all', 'string', 'function', true],
      ['run', 'string', 'function', true],
    ]);
  });
});

test('a second object leaves the first as it was', async () => {
  const first = here.open({ db: here.db, sku: 'first' });
  const second = here.open({ db: here.db, sku: 'second', appId: 'wx-other', secret: 'other', ttl: 5 });
  const { code, encryptedData, iv } = here.wechat.user({ openId: 'o1' });
  const { response } = await first.authorize(code, encryptedData, iv);
  expect(first.extractSku(response)).toBe('first');
  expect(await here.redis.ttl(response)).toBeGreaterThan(1000);
  expect(here.wechat.requests.at(-1).query.appid).not.toBe('wx-other');
  await second.close();
  expect(await isValid(first, response)).toBe(true);
});
