'use strict';

const {
  atOnce,
  createApp,
  login,
  refresh,
  registeredIds,
  rejection,
  startFakeWeChat,
  USER_TABLE,
} = require('../support');
const { userStore } = require('./store');

const PLAIN = 'CREATE TABLE user (openId TEXT, nickName TEXT, level INTEGER DEFAULT 7)';
const UNIQUE = 'CREATE TABLE user (openId TEXT PRIMARY KEY, nickName TEXT, level INTEGER DEFAULT 7)';

/** Writes down every row of the user table that is written, changed or not. */
const WATCHED = `;
  CREATE TABLE writes (what TEXT);
  CREATE TRIGGER inserted AFTER INSERT ON user BEGIN INSERT INTO writes VALUES ('insert'); END;
  CREATE TRIGGER updated AFTER UPDATE ON user BEGIN INSERT INTO writes VALUES ('update'); END;`;

/**
 * What every user table in SQLite holds, asked through the public API.
 *
 * @param open makes a store whose database ran the given SQL: `db` and `options` for the factory,
 *             `all(sql, params)`, `run(sql, params)` and `exec(sql)` to look at it from outside
 */
function userTable(open) {
  userStore(async () => seenAsStore(await open(USER_TABLE)));

  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  const service = (store, options) => createApp({ wechat, db: store.db, options: { ...store.options, ...options } });
  const ids = registeredIds;
  const rows = (store) => store.all('SELECT * FROM user');

  describe.each([
    ['with a unique index', UNIQUE],
    ['without a unique index', PLAIN],
  ])('a table %s', (_name, table) => {
    test('a new user gets a row with only openId set', async () => {
      const store = await open(table);
      await login(service(store), wechat, 'o1');
      expect(await rows(store)).toEqual([{ openId: 'o1', nickName: null, level: 7 }]);
    });

    test('20 first logins at once, through four objects, make one row', async () => {
      const store = await open(table);
      const apps = [service(store), service(store), service(store), service(store)];
      for (const user of ['o1', 'o2', 'o3']) await atOnce(20, (i) => login(apps[i % 4], wechat, user));
      expect(await ids(store)).toEqual(['o1', 'o2', 'o3']);
    });

    test('the row of a known user is left alone', async () => {
      const store = await open(table);
      await store.exec("INSERT INTO user VALUES ('o1', 'Band', 3)");
      const app = service(store);
      await login(app, wechat, 'o1');
      await refresh(app, 'o1');
      expect(await rows(store)).toEqual([{ openId: 'o1', nickName: 'Band', level: 3 }]);
    });
  });

  // Not every database can keep it; SQLite can.
  test('a NUL in an id is kept, with what stands behind it', async () => {
    const store = await open(USER_TABLE);
    const app = service(store);
    for (const at of [app, app, service(store)]) await login(at, wechat, 'o1\0x');
    expect(await refresh(app, 'o1\0x')).toMatch(/^o1\0x\|/);
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    expect(await store.all('SELECT hex(openId) AS id FROM user')).toEqual([{ id: '6F310078' }]);
  });

  test('two rows for one id count as one user', async () => {
    const store = await open(PLAIN);
    await store.exec("INSERT INTO user (openId) VALUES ('o1'), ('o1')");
    const app = service(store);
    await login(app, wechat, 'o1');
    await refresh(app, 'o1');
    expect(await ids(store)).toEqual(['o1', 'o1']);
  });

  test.each([
    ['as documented', USER_TABLE],
    ['without other columns', 'CREATE TABLE user (openId TEXT PRIMARY KEY)'],
    ['without types', 'CREATE TABLE user (openId, nickName)'],
    ['with the column in another letter case', 'CREATE TABLE user (OPENID TEXT, nickname TEXT)'],
  ])('a table %s: a user is written once, and found again', async (_name, table) => {
    const store = await open(table + WATCHED);
    const app = service(store);
    for (const at of [app, app, service(store)]) await login(at, wechat, 'o1');
    await refresh(app, 'o1');
    expect(await store.all('SELECT what FROM writes')).toEqual([{ what: 'insert' }]);
    expect(await store.all('SELECT openId AS id FROM user')).toEqual([{ id: 'o1' }]);
  });

  test('a column that comes later does no harm', async () => {
    const store = await open('CREATE TABLE user (openId TEXT PRIMARY KEY)');
    const app = service(store);
    await login(app, wechat, 'o1');
    await store.exec('ALTER TABLE user ADD COLUMN nickName TEXT');
    await refresh(app, 'o1');
    await login(app, wechat, 'o2');
    expect(await rows(store)).toEqual([
      { openId: 'o1', nickName: null },
      { openId: 'o2', nickName: null },
    ]);
  });

  test('a unionId stands in openId; columns for what else WeChat says stay empty, and may be computed', async () => {
    const store = await open(
      "CREATE TABLE user (openId TEXT, unionId TEXT, avatarUrl TEXT, watermark TEXT, nickName TEXT AS (openId || '!'))",
    );
    const app = service(store);
    for (const at of [app, service(store)]) {
      await login(at, wechat, 'o1', { unionId: 'u1', avatarUrl: 'https://x/' });
    }
    expect(await rows(store)).toEqual([
      { openId: 'u1', unionId: null, avatarUrl: null, watermark: null, nickName: 'u1!' },
    ]);
  });

  test('ids that differ in letter case are two users, also in a column that does not compare it', async () => {
    const store = await open('CREATE TABLE user (openId TEXT COLLATE NOCASE)');
    const app = service(store);
    await login(app, wechat, 'User1');
    expect(await rejection(app.refreshToken('USER1'))).toMatchObject({ code: 6010 });
    await login(app, wechat, 'USER1');
    expect(await ids(store)).toEqual(['User1', 'USER1']);
  });

  describe('a failing table', () => {
    test('a missing table rejects with 6000, says which and leaves no token, until it is made', async () => {
      const store = await open('');
      const app = service(store);
      const missing = { code: 6000, message: expect.stringMatching(/^Error: .*no such table: user/s) };
      expect(await rejection(login(app, wechat, 'o1'))).toMatchObject(missing);
      expect(await rejection(app.refreshToken('o1'))).toMatchObject(missing);
      await store.exec(PLAIN);
      await login(app, wechat, 'o1');
      expect(await ids(store)).toEqual(['o1']);
    });

    test.each([
      ['a column that must not be empty', 'n TEXT NOT NULL', /^Error: .*NOT NULL constraint failed: user\.n/s],
      ['a check that the row fails', "CHECK (openId <> 'o1')", /^Error: .*CHECK constraint failed/s],
    ])('%s rejects with 6000 and says which', async (_name, constraint, message) => {
      const store = await open(`CREATE TABLE user (openId TEXT PRIMARY KEY, ${constraint})`);
      const app = service(store);
      expect(await rejection(login(app, wechat, 'o1'))).toMatchObject({
        code: 6000,
        message: expect.stringMatching(message),
      });
      expect(await ids(store)).toEqual([]);
      expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    });

    test('a table without the column rejects with 6000 and says so', async () => {
      const store = await open('CREATE TABLE user (id TEXT)');
      expect(await rejection(login(service(store), wechat, 'o1'))).toMatchObject({
        code: 6000,
        message: expect.stringMatching(/^Error: .*openId/s),
      });
    });
  });

  describe('createTable', () => {
    test('makes the documented table where there is none', async () => {
      const store = await open('');
      const app = service(store, { createTable: true });
      expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
      await login(app, wechat, 'o1');
      expect(await columns(store)).toEqual(await columns(await open(USER_TABLE)));
      expect(await ids(store)).toEqual(['o1']);
    });

    test('makes it once when four objects want it at the same time', async () => {
      const store = await open('');
      const apps = Array.from({ length: 4 }, () => service(store, { createTable: true }));
      await Promise.all(apps.map((app) => login(app, wechat, 'o1')));
      expect(await ids(store)).toEqual(['o1']);
    });

    test('leaves a table that is there', async () => {
      const store = await open(PLAIN);
      await store.exec("INSERT INTO user VALUES ('o1', 'Band', 3)");
      await login(service(store, { createTable: true }), wechat, 'o2');
      expect(await rows(store)).toEqual([
        { openId: 'o1', nickName: 'Band', level: 3 },
        { openId: 'o2', nickName: null, level: 7 },
      ]);
    });
  });
}

/** A table of the documented form as the store that it is. */
function seenAsStore(table) {
  return {
    ...table,
    ids: () => registeredIds(table),
    register: (...ids) => Promise.all(ids.map((id) => table.run('INSERT INTO user (openId) VALUES (?)', [id]))),
    forget: (id) => table.run('DELETE FROM user WHERE openId = ?', [id]),
  };
}

/** Names and order of the columns, which of them is the key, which must not be empty. */
async function columns(store) {
  const found = await store.all("SELECT * FROM pragma_table_info('user') ORDER BY cid");
  return found.map(({ name, type, notnull, pk }) => ({ name, type, notnull, pk }));
}

module.exports = { userTable, seenAsStore };
