'use strict';

const mysql = require('mysql2/promise');
const { Pool } = require('pg');
const { atOnce, createApp, defer, login, refresh, rejection, startFakeWeChat, within } = require('../../support');
const { startMariadb } = require('../../support/mariadb');
const { startPostgres, INSTALL_TIMEOUT } = require('../../support/postgres');
const { userStore } = require('../../users/store');
const ofMysql = require('../../../examples/users-mysql');
const ofPostgres = require('../../../examples/users-postgresql');

const LIMIT = 15000;

/** As long as WeChat's ids are. */
const ID = 'oGZUI0egBJY1zhBYw2KhdUfwVJJE';

/** Ids that a careless collation takes for one. */
const ALIKE = [
  'User1',
  'user1',
  'USER1',
  'Üser1',
  'User1 ',
  'User1  ',
  'User1\t',
  ' User1',
  'e\u0301',
  '\u00e9',
  '\u{1f600}',
  '\u{1f601}',
];

/**
 * The application's pool of `server`, and one statement beside it, with the ids of its rows as
 * text.
 */
const postgres = {
  start: startPostgres,
  ...ofPostgres,
  users: ofPostgres.postgresUsers,
  open: (config) => new Pool(config),
  ask: async (pool, sql, ...values) => (await pool.query(sql.replace('?', '$1'), values)).rows,
};

const mariadb = {
  start: startMariadb,
  ...ofMysql,
  users: ofMysql.mysqlUsers,
  open: (config) => mysql.createPool(config),
  ask: async (pool, sql, ...values) => {
    const bytes = values.map((value) => Buffer.from(value));
    const [rows] = await pool.execute(sql, bytes);
    return rows;
  },
};

describe.each([
  ['PostgreSQL', postgres],
  ['MariaDB', mariadb],
])('the user store of the examples, on %s', (_name, { start, users, open, ask, CREATE_TABLE }) => {
  let server;
  let wechat;
  let pool;
  beforeAll(async () => {
    server = await start();
    wechat = await startFakeWeChat();
  }, INSTALL_TIMEOUT);
  beforeEach(async () => {
    pool = open(server.config);
    defer(() => pool.end());
    await empty();
  });

  /** A table of the example's own, with one more column, by which rows have an order. */
  async function empty(table = CREATE_TABLE) {
    await ask(pool, 'DROP TABLE IF EXISTS users');
    await ask(pool, table);
    await ask(pool, 'ALTER TABLE users ADD COLUMN made TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)');
  }

  const ids = async () =>
    (await ask(pool, 'SELECT open_id FROM users ORDER BY made')).map((row) => String(row.open_id));

  const service = () => createApp({ wechat, db: users(pool) });

  userStore(async () => ({
    db: users(pool),
    ids,
    register: async (...given) => {
      for (const id of given) await ask(pool, 'INSERT INTO users (open_id) VALUES (?)', id);
    },
    forget: (id) => ask(pool, 'DELETE FROM users WHERE open_id = ?', id),
  }));

  test('ids that look alike are different users', async () => {
    const app = service();
    for (const id of ALIKE) {
      expect(await rejection(app.refreshToken(id))).toMatchObject({ code: 6010 });
      await login(app, wechat, id);
    }
    expect(await ids()).toEqual(ALIKE);
  });

  test('400 logins at once of 100 new users, through four pools: each gets one row', async () => {
    const pools = Array.from({ length: 4 }, () => open(server.config));
    for (const one of pools) defer(() => one.end());
    const apps = pools.map((one) => createApp({ wechat, db: users(one) }));
    await atOnce(400, (i) => login(apps[i % 4], wechat, `o${i >> 2}`));
    expect((await ids()).sort()).toEqual(Array.from({ length: 100 }, (_, i) => `o${i}`).sort());
  });

  test("the application's own columns are left alone", async () => {
    await ask(pool, 'ALTER TABLE users ADD COLUMN level INT DEFAULT 7');
    await login(service(), wechat, ID);
    expect(await ask(pool, 'SELECT level FROM users')).toMatchObject([{ level: 7 }]);
    await ask(pool, 'UPDATE users SET level = 3');
    await login(service(), wechat, ID);
    await users(pool).add(ID); // as the later of two first logins at once does
    expect(await ask(pool, 'SELECT level FROM users')).toMatchObject([{ level: 3 }]);
  });

  /**
   * Both calls that ask the store fail within seconds, with a message that does not name the user.
   */
  async function failing(app, message, calls = [() => login(app, wechat, ID), () => app.refreshToken(ID)]) {
    for (const call of calls) {
      const error = await within(LIMIT, rejection(call()), 'a call that fails');
      expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(message) });
      expect(error.message).not.toContain(ID);
    }
  }

  test('a missing table is 6000 with the cause, until it is made', async () => {
    await ask(pool, 'DROP TABLE users');
    const app = service();
    await failing(app, /^Error: .*users.* (does not|doesn't) exist/);
    expect((await app.health()).users).toMatchObject({ ready: false, error: expect.stringMatching(/exist/) });
    await empty();
    expect((await app.health()).users).toEqual({ kind: 'store', ready: true });
    await login(app, wechat, ID);
    expect(await ids()).toEqual([ID]);
  });

  test('a message of the server that names the user is 6000 without the name', async () => {
    await empty(CREATE_TABLE.replace(/open_id .*(?= PRIMARY)/, 'open_id bigint'));
    const cause = /^Error: .*(invalid input syntax|incorrect integer value).*['"]\*\*\*['"]/i;
    await failing(service(), cause, [() => login(service(), wechat, ID)]);
  });

  test('a server that is stopped is 6000, and all is well once it is back', async () => {
    const app = service();
    await login(app, wechat, 'o1');
    await server.stop();
    await failing(app, /^Error: .*ECONNREFUSED/);
    await server.start();
    expect(await rejection(app.refreshToken(ID))).toMatchObject({ code: 6010 });
    await login(app, wechat, ID);
    await refresh(app, 'o1');
    expect(await ids()).toEqual(['o1', ID]);
  }, 60000);
});
