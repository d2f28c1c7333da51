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
const { userStore, BAND, WANG } = require('./store');

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
      const apps = [service(store), service(store), service(store), service(store, { profile: true })];
      for (const user of ['o1', 'o2', 'o3']) await atOnce(20, (i) => login(apps[i % 4], wechat, user));
      expect(await ids(store)).toEqual(['o1', 'o2', 'o3']);
    });

    test('the row of a known user is left alone', async () => {
      const store = await open(table);
      await store.exec("INSERT INTO user VALUES ('o1', 'Band', 3)");
      const app = service(store);
      await login(app, wechat, 'o1', WANG);
      await refresh(app, 'o1');
      expect(await rows(store)).toEqual([{ openId: 'o1', nickName: 'Band', level: 3 }]);
    });

    test('a profile changes the columns that are there for it, and no others', async () => {
      const store = await open(table);
      await store.exec("INSERT INTO user VALUES ('o1', 'Wang', 3)");
      const app = service(store, { profile: true });
      for (const user of ['o1', 'o2']) await login(app, wechat, user, BAND);
      expect(await rows(store)).toEqual([
        { openId: 'o1', nickName: 'Band', level: 3 },
        { openId: 'o2', nickName: 'Band', level: 7 },
      ]);
    });
  });

  // Not every database can keep it; SQLite can.
  test('a NUL in an id or a profile is kept, with what stands behind it', async () => {
    const store = await open(USER_TABLE);
    const app = service(store, { profile: true });
    for (const nickName of ['a\0b', 'a\0c', 'a\0c']) await login(app, wechat, 'o1\0x', { ...BAND, nickName });
    expect(await refresh(app, 'o1\0x')).toMatch(/^o1\0x\|/);
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    expect(await store.all('SELECT hex(openId) AS id, hex(nickName) AS name FROM user')).toEqual([
      { id: '6F310078', name: '610063' },
    ]);
  });

  test('two rows for one id count as one user', async () => {
    const store = await open(PLAIN);
    await store.exec("INSERT INTO user (openId) VALUES ('o1'), ('o1')");
    const app = service(store, { profile: true });
    await login(app, wechat, 'o1');
    await refresh(app, 'o1');
    expect(await ids(store)).toEqual(['o1', 'o1']);
  });

  describe('a profile', () => {
    const keeping = (store) => service(store, { profile: true });

    test('that says nothing new writes nothing', async () => {
      const store = await open(USER_TABLE + WATCHED);
      const writes = async () => (await store.all('SELECT what FROM writes')).map(({ what }) => what);
      const app = keeping(store);
      for (const at of [app, app, keeping(store)]) await login(at, wechat, 'o1', BAND);
      expect(await writes()).toEqual(['insert']);
      await login(app, wechat, 'o1', { ...BAND, city: null, gender: undefined });
      expect(await writes()).toEqual(['insert']);
      await login(app, wechat, 'o1', { ...BAND, city: 'Foshan' });
      expect(await writes()).toEqual(['insert', 'update']);
    });

    test('that says nothing new writes nothing, whatever the columns are declared as', async () => {
      const odd =
        'CREATE TABLE user (openId, gender TEXT, nickName INTEGER, city BLOB, country NUMERIC, language REAL)';
      const store = await open(odd + WATCHED);
      const app = keeping(store);
      const said = { nickName: '007', gender: 1, city: '5', country: '1.50', language: 'zh_CN' };
      for (let i = 0; i < 3; i += 1) await login(app, wechat, 'o1', said);
      expect(await store.all('SELECT what FROM writes')).toEqual([{ what: 'insert' }]);
    });

    test('finds its columns in any letter case', async () => {
      const store = await open('CREATE TABLE user (OPENID TEXT, nickname TEXT, CITY TEXT, Gender INTEGER)');
      const app = keeping(store);
      for (const said of [BAND, WANG]) {
        await login(app, wechat, 'o1', said);
        expect(await rows(store)).toEqual([
          { OPENID: 'o1', nickname: said.nickName, CITY: said.city, Gender: said.gender },
        ]);
      }
    });

    test('finds no columns: the user is registered', async () => {
      const store = await open('CREATE TABLE user (openId TEXT PRIMARY KEY)');
      const app = keeping(store);
      for (const said of [BAND, WANG]) await login(app, wechat, 'o1', said);
      expect(await rows(store)).toEqual([{ openId: 'o1' }]);
    });

    test('finds columns that come later', async () => {
      const store = await open('CREATE TABLE user (openId TEXT PRIMARY KEY)');
      const app = keeping(store);
      await login(app, wechat, 'o1', BAND);
      await store.exec('ALTER TABLE user ADD COLUMN nickName TEXT');
      await login(app, wechat, 'o1', BAND);
      await login(app, wechat, 'o2', WANG);
      expect(await rows(store)).toEqual([
        { openId: 'o1', nickName: 'Band' },
        { openId: 'o2', nickName: '老王' },
      ]);
    });

    test('leaves columns for other things that WeChat says, and columns that are computed', async () => {
      const store = await open(
        "CREATE TABLE user (openId TEXT, unionId TEXT, avatarUrl TEXT, watermark TEXT, city TEXT, nickName TEXT AS (city || '!'))",
      );
      const app = keeping(store);
      for (const said of [BAND, WANG])
        await login(app, wechat, 'o1', { ...said, unionId: 'u1', avatarUrl: 'https://x/' });
      expect(await rows(store)).toEqual([
        { openId: 'u1', unionId: null, avatarUrl: null, watermark: null, city: WANG.city, nickName: `${WANG.city}!` },
      ]);
    });

    test('fills columns that must not be empty', async () => {
      const store = await open(
        'CREATE TABLE user (openId TEXT PRIMARY KEY, nickName TEXT NOT NULL, gender INTEGER NOT NULL)',
      );
      await login(keeping(store), wechat, 'o1', BAND);
      expect(await rows(store)).toEqual([{ openId: 'o1', nickName: 'Band', gender: 1 }]);
    });

    test('is new where only the letter case is, also in a column that does not compare it', async () => {
      const store = await open('CREATE TABLE user (openId TEXT PRIMARY KEY, nickName TEXT COLLATE NOCASE)');
      const app = keeping(store);
      for (const nickName of ['Band', 'BAND']) {
        await login(app, wechat, 'o1', { nickName });
        expect(await rows(store)).toEqual([{ openId: 'o1', nickName }]);
      }
    });

    test('that the table refuses rejects with 6000 and the cause, with and without a live token', async () => {
      const store = await open("CREATE TABLE user (openId TEXT PRIMARY KEY, city TEXT CHECK (city <> 'Atlantis'))");
      const refused = { code: 6000, message: expect.stringMatching(/^Error: .*CHECK constraint failed/s) };
      const app = keeping(store);
      expect(await rejection(login(app, wechat, 'o1', { city: 'Atlantis' }))).toMatchObject(refused);
      expect(await ids(store)).toEqual([]);
      await login(app, wechat, 'o1', { city: 'Foshan' });
      expect(await rejection(login(app, wechat, 'o1', { city: 'Atlantis' }))).toMatchObject(refused);
      expect(await rows(store)).toEqual([{ openId: 'o1', city: 'Foshan' }]);
    });
  });

  describe('a failing table', () => {
    test('a missing table rejects with 6000, says which and leaves no token, until it is made', async () => {
      const store = await open('');
      const app = service(store);
      const missing = { code: 6000, message: expect.stringMatching(/^Error: .*no such table: user/s) };
      expect(await rejection(login(app, wechat, 'o1'))).toMatchObject(missing);
      expect(await rejection(app.refreshToken('o1'))).toMatchObject(missing);
      expect(await rejection(login(service(store, { profile: true }), wechat, 'o1'))).toMatchObject(missing);
      await store.exec(PLAIN);
      await login(app, wechat, 'o1');
      expect(await ids(store)).toEqual(['o1']);
    });

    test('a column that must not be empty rejects with 6000 and says which', async () => {
      const store = await open('CREATE TABLE user (openId TEXT PRIMARY KEY, n TEXT NOT NULL)');
      const app = service(store);
      expect(await rejection(login(app, wechat, 'o1'))).toMatchObject({
        code: 6000,
        message: expect.stringMatching(/^Error: .*NOT NULL constraint failed: user\.n/s),
      });
      expect(await ids(store)).toEqual([]);
      expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    });

    test('a table without the column rejects with 6000 and says so', async () => {
      const store = await open('CREATE TABLE user (id TEXT)');
      for (const profile of [false, true]) {
        expect(await rejection(login(service(store, { profile }), wechat, 'o1'))).toMatchObject({
          code: 6000,
          message: expect.stringMatching(/^Error: .*openId/s),
        });
      }
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

    test('makes a table that a profile fits into', async () => {
      const store = await open('');
      await login(service(store, { createTable: true, profile: true }), wechat, 'o1', BAND);
      expect(await rows(store)).toEqual([{ openId: 'o1', ...BAND }]);
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
    profileOf: async (id) => {
      const [{ openId, ...profile }] = await table.all('SELECT * FROM user WHERE openId = ?', [id]);
      return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null));
    },
  };
}

/** Names and order of the columns, which of them is the key, which must not be empty. */
async function columns(store) {
  const found = await store.all("SELECT * FROM pragma_table_info('user') ORDER BY cid");
  return found.map(({ name, type, notnull, pk }) => ({ name, type, notnull, pk }));
}

module.exports = { userTable, seenAsStore };
