'use strict';

// In which context (AsyncLocalStorage) the application's own code runs that a call needs.

const { AsyncLocalStorage } = require('node:async_hooks');
const path = require('node:path');
const {
  atOnce,
  createApp,
  dbExec,
  drivers,
  isValid,
  lastLine,
  openSqlite,
  runNode,
  startFakeWeChat,
  tempDir,
  until,
  USER_TABLE,
} = require('../support');
const { listenTo } = require('../support/channels');

const storage = new AsyncLocalStorage();

/** The requests of 10 tenants, each with a user of its own. */
const TENANTS = Array.from({ length: 10 }, (_, i) => `tenant${i}`);

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

/** Notes the tenant in whose context each of the methods is called. */
function noting(db, methods, seen) {
  return new Proxy(db, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      if (!methods.includes(name)) return value.bind(target);
      return (...args) => {
        seen.push([name, storage.getStore()]);
        return value.apply(target, args);
      };
    },
  });
}

const known = new Set();
const STORE = {
  has: async (id) => known.has(id),
  add: (id) => known.add(id),
};

const opened = (driver, as) => async (file) => {
  const own = await drivers[driver](file);
  await own.exec(USER_TABLE);
  return as ? as(own.db) : own.db;
};

const KINDS = [
  ['a user store', ['has', 'add'], async () => STORE],
  ['a handle of sqlite3', ['all', 'run'], opened('sqlite3')],
  ['a handle of sqlite', ['all', 'run'], opened('sqlite')],
  ['a handle of better-sqlite3', ['prepare'], opened('better-sqlite3')],
  [
    'an object with two methods',
    ['all', 'run'],
    opened('sqlite3', (db) => ({
      all: (sql, callback) => db.all(sql, callback),
      run: (sql, callback) => db.run(sql, callback),
    })),
  ],
  [
    'an object whose methods return promises',
    ['all', 'run'],
    opened('better-sqlite3', (db) => ({
      all: async (sql) => db.prepare(sql).all(),
      run: async (sql) => db.prepare(sql).run(),
    })),
  ],
];

describe.each(KINDS)('%s', (_name, methods, open) => {
  let seen;
  let app;
  beforeEach(async () => {
    known.clear();
    seen = [];
    const db = noting(await open(path.join(tempDir(), 'users.db')), methods, seen);
    app = storage.run('the factory', () => createApp({ wechat, db, options: { users: undefined } }));
  });

  const CALLS = {
    login: (user) => app.login(wechat.user({ openId: user }).code),
    authorize: (user) => {
      const { code, encryptedData, iv } = wechat.user({ openId: user });
      return app.authorize(code, encryptedData, iv);
    },
    'sessions.issue': (user) => app.sessions.issue(user),
    refreshToken: (user) => app.refreshToken(user).catch(({ code }) => code),
    health: () => app.health(),
  };

  test.each(Object.keys(CALLS))('is asked by %s in the context of its caller', async (call) => {
    for (const tenant of TENANTS) {
      await storage.run(tenant, () => CALLS[call](`user of ${tenant}`));
      expect(seen.length).toBeGreaterThan(0);
      for (const [, context] of seen.splice(0)) expect(context).toBe(tenant);
    }
  });

  test('is asked by many calls at once in the context of each', async () => {
    await atOnce(TENANTS.length, (i) => storage.run(TENANTS[i], () => CALLS.login(`user of ${TENANTS[i]}`)));
    expect(new Set(seen.map(([, context]) => context))).toEqual(new Set(TENANTS));
  });
});

test('a user is asked about, and added, in the context of their own login', async () => {
  const seen = [];
  const note = (what) => (user) => {
    seen.push([what, user, storage.getStore()]);
    return false;
  };
  const db = { has: note('has'), add: (user) => new Promise((resolve) => setImmediate(resolve, note('add')(user))) };
  const app = storage.run('the factory', () => createApp({ wechat, db }));
  await atOnce(TENANTS.length, (i) => storage.run(TENANTS[i], () => app.sessions.issue(TENANTS[i])));
  expect(seen).toHaveLength(2 * TENANTS.length);
  for (const [, user, context] of seen) expect(context).toBe(user);
});

test('the exchange is called in the context of the login, of two with one code in that of the first', async () => {
  const seen = [];
  const exchange = async (code) => {
    seen.push([code, storage.getStore()]);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push([code, storage.getStore()]);
    return { openid: code, session_key: Buffer.alloc(16).toString('base64') };
  };
  const app = storage.run('the factory', () => createApp({ db: STORE, options: { wechat: { exchange } } }));
  await atOnce(TENANTS.length, (i) => storage.run(TENANTS[i], () => app.login(TENANTS[i])));
  expect(seen).toHaveLength(2 * TENANTS.length);
  for (const [code, context] of seen.splice(0)) expect(context).toBe(code);

  await Promise.all(['first', 'second'].map((tenant) => storage.run(tenant, () => app.login('one-code'))));
  expect(seen).toEqual([
    ['one-code', 'first'],
    ['one-code', 'first'],
  ]);
});

test('what nobody has called for runs in the context of the factory', async () => {
  const handle = await openSqlite(':memory:');
  const seen = [];
  const db = noting(handle, ['all', 'run'], seen);
  storage.run('the factory', () => createApp({ db, options: { createTable: true } }));
  await until(() => seen.length > 0);
  expect(seen).toEqual([['run', 'the factory']]);
  await dbExec(handle, 'SELECT 1');
});

test('what is told on a channel is told in the context of the factory', async () => {
  const seen = [];
  listenTo('mpauthx:login', ({ userId }) => seen.push([userId, storage.getStore()]));
  const app = storage.run('the factory', () => createApp({ wechat, db: STORE }));
  await storage.run('a request', () => app.sessions.issue('o-told'));
  await until(() => seen.length > 0);
  expect(seen).toEqual([['o-told', 'the factory']]);
});

test('what follows a call goes on in the context of its caller', async () => {
  const app = storage.run('the factory', () => createApp({ wechat, db: STORE }));
  const { token } = await app.sessions.issue('o1');
  const seen = await atOnce(TENANTS.length, (i) =>
    storage.run(TENANTS[i], async () => {
      const then = app.isTokenValid(token).then(() => storage.getStore());
      const refused = app.isTokenValid('no token').catch(() => storage.getStore());
      await app.sessions.inspect(token);
      const inspected = storage.getStore();
      expect(await isValid(app, token)).toBe(true);
      return [await then, await refused, inspected, storage.getStore()];
    }),
  );
  for (const [i, tenant] of TENANTS.entries()) expect(seen[i]).toEqual([tenant, tenant, tenant, tenant]);
});

test('a context is let go when its calls are done, also while others are pending', async () => {
  const { code, stdout, stderr } = await runNode(path.join(__dirname, 'context-leak.js'), {
    nodeArgs: ['--expose-gc'],
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(lastLine(stdout)).toEqual({ check: 'let go', login: 'let go' });
});
