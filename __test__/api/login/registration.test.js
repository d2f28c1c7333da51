'use strict';

const { atOnce, createApp, registeredIds, startRedis, USER_TABLE } = require('../../support');
const { inFiles, inMemory } = require('../../users/databases');
const { NAMED, handles } = require('../../users/kinds');
const { answer, issued, strictWeChat } = require('./support');

const here = strictWeChat();

let server;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(() => server.redis.flushall());

/** A table in SQLite, with what a test does to it from outside. */
const table = (open) => async () => {
  const own = await open(USER_TABLE);
  return {
    ...own,
    ids: () => registeredIds(own),
    register: (id) => own.run('INSERT INTO user (openId) VALUES (?)', [id]),
    forget: (id) => own.run('DELETE FROM user WHERE openId = ?', [id]),
  };
};

/** An application's own store. `added` makes what `add` answers of whether the user is new. */
const own = (added) => async () => {
  const users = new Set();
  return {
    db: {
      has: async (id) => users.has(id),
      add: async (id) => {
        const isNew = !users.has(id);
        users.add(id);
        return added(isNew);
      },
    },
    ids: async () => [...users],
    register: async (id) => users.add(id),
    forget: async (id) => users.delete(id),
  };
};

const asDouble = (handle) => ({
  all: (sql, callback) => handle.all(sql, callback),
  run: (sql, callback) => handle.run(sql, (error) => callback(error)),
});

// The last entry: whether of several first logins at once exactly one is told that the user is new.
const KINDS = [
  ...inFiles([...NAMED, ...handles()]).map(([name, open]) => [name, table(open), true]),
  ...['sqlite3', 'sqlite', 'better-sqlite3'].map((name) => [`${name} in memory`, table(inMemory(name)), true]),
  ['an object with two methods', table(inMemory('sqlite3', asDouble)), false],
  ['a store whose add answers nothing', own(() => undefined), false],
  ['a store whose add answers false for who is there', own((isNew) => isNew), true],
];

describe.each(KINDS)('users in %s', (_name, open, exact) => {
  let store;
  beforeEach(async () => {
    store = await open();
  });

  const service = () => createApp({ wechat: here.wechat, redis: server, db: store.db, options: store.options });
  const login = (app, openId) => app.login(here.code(openId));

  test('a first login registers the user, and says so once', async () => {
    const app = service();
    expect(await login(app, 'o1')).toStrictEqual(answer('o1', { isNewUser: true }));
    expect(await login(app, 'o1')).toStrictEqual(answer('o1', { isNewUser: false }));
    expect(await login(service(), 'o1')).toStrictEqual(answer('o1', { isNewUser: false }));
    expect(await store.ids()).toEqual(['o1']);
  });

  test('a user whom the application has registered is not new', async () => {
    await store.register('o1');
    expect(await login(service(), 'o1')).toStrictEqual(answer('o1', { isNewUser: false }));
    expect(await store.ids()).toEqual(['o1']);
  });

  test('a user who is registered no more is registered anew, also where a token is live', async () => {
    const app = service();
    const { token } = await login(app, 'o1');
    await store.forget('o1');
    expect(await login(app, 'o1')).toStrictEqual(answer('o1', { token, isNewUser: true }));
    expect(await store.ids()).toEqual(['o1']);
  });

  test('20 first logins at once, through four objects, register one user and give one token', async () => {
    const apps = [service(), service(), service(), service()];
    const results = await atOnce(20, (i) => login(apps[i % 4], 'o1'));
    expect(await store.ids()).toEqual(['o1']);
    expect(new Set(results.map(({ token }) => token)).size).toBe(1);
    const told = results.filter(({ isNewUser }) => isNewUser).length;
    expect(told).toBeGreaterThanOrEqual(1);
    if (exact) expect(told).toBe(1);
  });

  test('sessions.issue registers as a login does', async () => {
    const app = service();
    expect(await app.sessions.issue('o1')).toStrictEqual(issued('o1', { isNewUser: true }));
    expect(await app.sessions.issue('o1')).toStrictEqual(issued('o1', { isNewUser: false }));
    expect(await login(app, 'o1')).toStrictEqual(answer('o1', { isNewUser: false }));
    expect(await store.ids()).toEqual(['o1']);
  });
});
