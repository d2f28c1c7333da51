'use strict';

const { createApp, startFakeWeChat, rejection, USER_TABLE } = require('../support');
const { login, refresh, atOnce } = require('./support');

const PLAIN = 'CREATE TABLE user (openId TEXT, nickName TEXT, level INTEGER DEFAULT 7)';
const UNIQUE = 'CREATE TABLE user (openId TEXT PRIMARY KEY, nickName TEXT, level INTEGER DEFAULT 7)';

const NASTY = [
  "o'b",
  "''",
  '"o"',
  '`o`',
  '%',
  '_',
  'o%',
  '\\',
  "\\'",
  "x' OR '1'='1",
  "x'); DROP TABLE user; --",
  '?',
  '?1',
  ':id',
  '@id',
  '$1',
  '0',
  '1e3',
  'NULL',
  'a b',
  '用户',
  '\u{1f600}',
];

/**
 * What every user store holds, asked through the public API.
 *
 * @param open makes a store whose database ran the given SQL: `db` and `options` for the factory,
 *             `all(sql)` and `exec(sql)` to look at it from outside
 */
function userStore(open) {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  const service = (store, options) => createApp({ wechat, db: store.db, options: { ...store.options, ...options } });
  const ids = async (store) => (await store.all('SELECT openId FROM user ORDER BY rowid')).map((row) => row.openId);

  describe.each([
    ['with a unique index', UNIQUE],
    ['without a unique index', PLAIN],
  ])('a table %s', (_name, table) => {
    test('a new user gets a row with only openId set', async () => {
      const store = await open(table);
      await login(service(store), wechat, 'o1');
      expect(await store.all('SELECT * FROM user')).toEqual([{ openId: 'o1', nickName: null, level: 7 }]);
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
      expect(await store.all('SELECT * FROM user')).toEqual([{ openId: 'o1', nickName: 'Band', level: 3 }]);
    });
  });

  test('users whose first logins come together each get a row', async () => {
    const store = await open(PLAIN);
    const app = service(store);
    await atOnce(20, (i) => login(app, wechat, `o${i}`));
    expect((await ids(store)).sort()).toEqual(Array.from({ length: 20 }, (_, i) => `o${i}`).sort());
  });

  test('a refresh of a user who is not there rejects with 6010 and makes no row', async () => {
    const store = await open(UNIQUE);
    const error = await rejection(service(store).refreshToken('o1'));
    expect(error).toMatchObject({ code: 6010, message: 'Cannot find such user in DB' });
    expect(await ids(store)).toEqual([]);
  });

  test('a user whom the application registers is there at once', async () => {
    const store = await open(UNIQUE);
    const app = service(store);
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    await store.exec("INSERT INTO user (openId) VALUES ('o1')");
    expect(await refresh(app, 'o1')).toMatch(/^o1\|/);
  });

  test('a user whom the application deletes is gone at once', async () => {
    const store = await open(UNIQUE);
    const app = service(store);
    await login(app, wechat, 'o1');
    await store.exec('DELETE FROM user');
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
  });

  describe('an id is taken literally', () => {
    test('whatever it holds, it gets a row of its own, and is found again', async () => {
      const store = await open(PLAIN);
      const app = service(store);
      for (const id of NASTY) await login(app, wechat, id);
      expect(await ids(store)).toEqual(NASTY);
      for (const id of NASTY) expect((await refresh(app, id)).slice(0, -64)).toBe(`${id}|shop|`);
      expect(await ids(store)).toEqual(NASTY);
    });

    test.each(['user1', 'USER1', 'User_', 'User%', '%', 'User1 ', ' User1', 'User1\0', 'User1\0x', "User1' OR '1'='1"])(
      '%j does not match User1',
      async (id) => {
        const store = await open(UNIQUE);
        await store.exec("INSERT INTO user (openId) VALUES ('User1')");
        const app = service(store);
        expect(await rejection(app.refreshToken(id))).toMatchObject({ code: 6010 });
        expect(await refresh(app, 'User1')).toMatch(/^User1\|/);
      },
    );
  });

  test('two rows for one id count as one user', async () => {
    const store = await open(PLAIN);
    await store.exec("INSERT INTO user (openId) VALUES ('o1'), ('o1')");
    const app = service(store);
    await login(app, wechat, 'o1');
    await refresh(app, 'o1');
    expect(await ids(store)).toEqual(['o1', 'o1']);
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
      expect(await store.all('SELECT * FROM user')).toEqual([
        { openId: 'o1', nickName: 'Band', level: 3 },
        { openId: 'o2', nickName: null, level: 7 },
      ]);
    });
  });
}

/** Names and order of the columns, which of them is the key, which must not be empty. */
async function columns(store) {
  const rows = await store.all("SELECT * FROM pragma_table_info('user') ORDER BY cid");
  return rows.map(({ name, type, notnull, pk }) => ({ name, type, notnull, pk }));
}

module.exports = { userStore };
