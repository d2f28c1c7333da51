'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const {
  createApp,
  dbAll,
  dbExec,
  drivers,
  DRIVERS,
  everybody,
  isValid,
  login,
  mpauthx,
  openSqlite,
  rejection,
  seen,
  tempDir,
  until,
  USER_TABLE,
} = require('../../support');
const { contract } = require('../contract/support');

const here = contract();

const COLUMNS = ['openId', 'city', 'country', 'gender', 'language', 'nickName', 'province'];

/** The factory with these options as they are, on a file or an object. */
const make = (options, db = null) => mpauthx('wx', 'secret', 'shop', db, null, null, options);

describe('what cannot be throws a TypeError that names the option', () => {
  test.each([
    ['options', 'memory'],
    ['options', 42],
    ['options', true],
    ['options', ['memory']],
    ['token', { token: 'memory' }],
    ['Tokens', { Tokens: 'memory' }],
    ['ttl', { ttl: 5 }],
    ['toString', { toString: 'memory' }],
    ['tokens', { tokens: 42 }],
    ['tokens', { tokens: ['memory'] }],
    ['tokens', { tokens: true }],
    ['tokens', { tokens: '' }],
    ['tokens', { tokens: 'Memory' }],
    ['tokens', { tokens: 'localhost:6379' }],
    ['tokens', { tokens: 'http://127.0.0.1:6379' }],
    ['tokens', { tokens: 'redis://' }],
    ['tokens', { tokens: 'redis://127.0.0.1:notaport' }],
    ['tokens.file', { tokens: { file: 42 } }],
    ['tokens.file', { tokens: { file: true } }],
    ['tokens.file', { tokens: { file: ['tokens.db'] } }],
    ['tokens.file', { tokens: { file: '' } }],
    ['tokens.file', { tokens: { file: ':memory:' } }],
    ['tokens.file', { tokens: { file: 'file:' } }],
    ['tokens.file', { tokens: { file: 'file::memory:' } }],
    ['tokens.file', { tokens: { file: 'file:tokens.db?mode=ro' } }],
    ['tokens.file', { tokens: { file: 'file:tokens.db?mode=memory' } }],
    ['tokens.file', { tokens: { file: 'file:tokens.db?cache=shared' } }],
    ['tokens.file', { tokens: { file: 'file:tokens.db?vfs=unix-none' } }],
    ['tokens.file', { tokens: { file: 'file://example.com/tokens.db' } }],
    ['tokens.file', { tokens: { file: new URL('http://127.0.0.1/tokens.db') } }],
    ['tokens', { tokens: new URL('redis://127.0.0.1') }],
    ['tokens', { tokens: new Map([['url', 'redis://127.0.0.1']]) }],
    ['sessions', { sessions: new Map([['idle', 60]]) }],
    ['tokens', { tokens: { file: 'tokens.db', url: 'redis://127.0.0.1' } }],
    ['tokens', { tokens: { file: 'tokens.db', cluster: ['redis://127.0.0.1'] } }],
    ['tokens', { tokens: { file: 'tokens.db', sentinels: ['redis://127.0.0.1'], master: 'm' } }],
    ['tokens.master', { tokens: { file: 'tokens.db', master: 'm' } }],
    ['tokens.tls', { tokens: { file: 'tokens.db', tls: {} } }],
    ['tokens.layout', { tokens: { file: 'tokens.db', layout: 'compatible' } }],
    ['tokens.connectTimeout', { tokens: { file: 'tokens.db', connectTimeout: 5 } }],
    ['tokens.deadline', { tokens: { file: 'tokens.db', deadline: 5 } }],
    ['tokens.files', { tokens: { files: 'tokens.db' } }],
    ['wechat', { wechat: 'https://api.weixin.qq.com' }],
    ['wechat', { wechat: 42 }],
    ['wechat', { wechat: [] }],
    ['wechat.host', { wechat: { host: 'api.weixin.qq.com' } }],
    ['wechat.endpoint', { wechat: { endpoint: 42 } }],
    ['wechat.endpoint', { wechat: { endpoint: '' } }],
    ['wechat.endpoint', { wechat: { endpoint: 'api.weixin.qq.com' } }],
    ['wechat.endpoint', { wechat: { endpoint: 'ftp://127.0.0.1' } }],
    ['wechat.endpoint', { wechat: { endpoint: 'http://api.weixin.qq.com' } }],
    ['wechat.endpoint', { wechat: { endpoint: 'http://10.0.0.1' } }],
    ['wechat.endpoint', { wechat: { endpoint: 'http://127.0.0.1.example.com' } }],
    ['wechat.endpoint', { wechat: { endpoint: 'http://localhost@example.com' } }],
    ['wechat.timeout', { wechat: { timeout: '10000' } }],
    ['wechat.timeout', { wechat: { timeout: 0 } }],
    ['wechat.timeout', { wechat: { timeout: -1 } }],
    ['wechat.timeout', { wechat: { timeout: 1.5 } }],
    ['wechat.timeout', { wechat: { timeout: Number.NaN } }],
    ['wechat.timeout', { wechat: { timeout: Infinity } }],
    ['wechat.timeout', { wechat: { timeout: 10n } }],
    ['users', { users: 'rust' }],
    ['users', { users: true }],
    ['users', { users: 42 }],
    ['createTable', { createTable: 'yes' }],
    ['createTable', { createTable: 1 }],
    ['createTable', { createTable: 'false' }],
  ])('%s: %p', (name, options) => {
    expect(() => make(options)).toThrow(TypeError);
    expect(() => make(options)).toThrow(new RegExp(`\\b${name.replace('.', '\\.')}\\b`));
  });

  test.each([
    ['an object with two methods', everybody],
    ['a user store', () => new Set()],
    ...DRIVERS.map((driver) => [`a handle of ${driver} in memory`, async () => (await drivers[driver](':memory:')).db]),
    ['a temporary database of sqlite3', () => openSqlite('')],
    ['a temporary database of better-sqlite3', async () => (await drivers['better-sqlite3']('')).db],
  ])("users: 'native' with %s", async (_kind, given) => {
    const db = await given();
    expect(() => make({ users: 'native' }, db)).toThrow(TypeError);
    expect(() => make({ users: 'native' }, db)).toThrow(/\busers\b/);
  });

  test.each(['native', 'object'])("users: '%s' without a user table", (users) => {
    expect(() => make({ users }, null)).toThrow(TypeError);
    expect(() => make({ users }, null)).toThrow(/\busers\b/);
  });

  test("users: 'object' with a path, a file: URI or a file: URL", () => {
    const file = path.join(tempDir(), 'app.db');
    for (const db of [file, pathToFileURL(file).href, pathToFileURL(file)]) {
      expect(() => make({ users: 'object' }, db)).toThrow(TypeError);
      expect(() => make({ users: 'object' }, db)).toThrow(/\busers\b/);
    }
  });
});

describe('what is not set is the default', () => {
  test.each([
    [undefined],
    [null],
    [{}],
    [{ tokens: null, wechat: null, users: null, createTable: null }],
    [{ tokens: { file: null, url: undefined } }],
    [{ wechat: { endpoint: undefined, timeout: null } }],
    [Object.create(null)],
  ])('%p', async (options) => {
    const app = make(options);
    expect(typeof app.authorize).toBe('function');
    await app.close();
  });
});

describe('tokens', () => {
  test("'memory' needs no redis", async () => {
    const app = createApp({ tokens: 'memory', wechat: here.wechat, db: here.db });
    const token = await login(app, here.wechat, 'o1');
    expect(await isValid(app, token)).toBe(true);
    expect(await login(app, here.wechat, 'o1')).toBe(token);
    const { response } = await app.refreshToken('o1');
    expect(await isValid(app, token)).toBe(false);
    expect(await isValid(app, response)).toBe(true);
    expect(await here.redis.exists(token, response)).toBe(0);
  });

  test('as a file needs no redis, and looks at no password', async () => {
    const file = path.join(tempDir(), 'tokens.db');
    const app = createApp({ tokens: { file, url: null, tls: undefined }, redisPass: 'unused', db: everybody() });
    const { response } = await app.refreshToken('o1');
    expect(await isValid(app, response)).toBe(true);
    expect(await here.redis.exists(response)).toBe(0);
    expect(await openSqlite(file).then((db) => dbAll(db, 'SELECT token FROM mpauthx_session'))).toEqual([
      { token: response },
    ]);
  });

  test('as a URL with a database keeps the tokens there', async () => {
    const token = await login(here.open({ db: here.db, tokens: `${here.server.url}/3` }), here.wechat, 'o1');
    expect(await here.redis.exists(token)).toBe(0);
    await here.redis.select(3);
    const found = await here.redis.exists(token);
    await here.redis.select(0);
    expect(found).toBe(1);
  });
});

describe('wechat.endpoint', () => {
  test.each([
    'http://localhost:1',
    'http://127.0.0.1:1/',
    'http://[::1]:1',
    'https://api.weixin.qq.com',
    'https://x:1/y',
  ])('can be %s', async (endpoint) => {
    await make({ tokens: 'memory', wechat: { endpoint } }).close();
  });

  test('with a slash at its end is asked under the same path', async () => {
    const app = here.open({ db: here.db, wechat: { endpoint: `${here.wechat.endpoint}/` } });
    await login(app, here.wechat, 'o1');
    expect(here.wechat.requests.at(-1).path).toBe('/sns/jscode2session');
  });
});

describe('users', () => {
  test("'object' asks only the handle", async () => {
    const statements = [];
    here.db.on('trace', (sql) => statements.push(sql));
    const app = here.open({ db: here.db, options: { users: 'object' } });
    await login(app, here.wechat, 'o1');
    await app.refreshToken('o1');
    expect(statements.filter((sql) => /user/.test(sql)).length).toBeGreaterThanOrEqual(3);
  });

  test("'native' does not ask the handle", async () => {
    const app = here.open({ db: here.db, options: { users: 'native' } });
    const statements = [];
    here.db.on('trace', (sql) => statements.push(sql));
    await login(app, here.wechat, 'o1');
    await app.refreshToken('o1');
    expect((await here.users()).map((row) => row.openId)).toEqual(['o1']);
    await until(() => statements.length > 0); // that it would have been seen
    expect(statements).toEqual([expect.stringMatching(/^SELECT \* FROM user/)]);
  });

  test.each(DRIVERS)(
    "'native' writes the file of a handle of %s that was opened by a relative path",
    async (driver) => {
      const file = path.join(tempDir(), 'app.db');
      const own = await drivers[driver](path.relative(process.cwd(), file));
      await own.exec(USER_TABLE);
      const app = createApp({ wechat: here.wechat, db: own.db, options: { users: 'native' } });
      await login(app, here.wechat, 'o1');
      expect((await app.health()).users).toEqual({ kind: 'native', ready: true });
      expect(await own.all('SELECT openId FROM user')).toEqual([{ openId: 'o1' }]);
    },
  );
});

describe('createTable', () => {
  const table = async (db) => (await dbAll(db, 'PRAGMA table_info(user)')).map((column) => column.name);

  test('makes the documented table through a handle, and a row in it', async () => {
    await dbExec(here.db, 'DROP TABLE user');
    await login(here.open({ db: here.db, options: { createTable: true } }), here.wechat, 'o1');
    expect(await table(here.db)).toEqual(COLUMNS);
    expect(await here.users()).toEqual([expect.objectContaining({ openId: 'o1', city: null })]);
  });

  test('makes the file and the documented table at a path', async () => {
    const file = path.join(tempDir(), 'new.db');
    const app = here.open({ db: file, options: { createTable: true } });
    await login(app, here.wechat, 'o1');
    await app.close();
    const db = await openSqlite(file);
    expect(await table(db)).toEqual(COLUMNS);
    expect(await dbAll(db, 'SELECT openId FROM user')).toEqual([{ openId: 'o1' }]);
  });

  test.each([undefined, false])('of %p makes nothing: 6000 says so', async (createTable) => {
    const file = path.join(tempDir(), 'new.db');
    const app = here.open({ db: file, options: { createTable } });
    const error = await rejection(login(app, here.wechat, 'o1'));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6000, message: expect.stringMatching(/^Error: .*createTable/) });
    expect(fs.existsSync(file)).toBe(false);
  });

  test('leaves a table that is there', async () => {
    await dbExec(
      here.db,
      "DROP TABLE user; CREATE TABLE user (openId TEXT, mine TEXT); INSERT INTO user VALUES ('o1', 'x')",
    );
    const app = here.open({ db: here.db, options: { createTable: true } });
    await login(app, here.wechat, 'o1');
    expect(await here.users()).toEqual([{ openId: 'o1', mine: 'x' }]);
  });
});
