'use strict';

const { createApp, dbAll, dbExec, openSqlite, rejection, startFakeWeChat, within } = require('../support');
const { login, refresh } = require('../conformance/support');
const { userFile } = require('./support');

// Far more than a login needs, less than a lock that is waited for in vain.
const LIMIT = 8000;

describe.each([
  ['rollback journal', 'DELETE'],
  ['write-ahead log', 'WAL'],
])("an open transaction on the application's handle, %s", (_mode, journal) => {
  let wechat;
  let handle;
  let app;

  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  beforeEach(async () => {
    handle = await openSqlite(await userFile({ journal, users: ['known'] }));
    app = createApp({ wechat, db: handle });
  });

  const ids = async () => (await dbAll(handle, 'SELECT openId FROM user ORDER BY rowid')).map((row) => row.openId);

  test.each(['BEGIN', 'BEGIN IMMEDIATE', 'BEGIN EXCLUSIVE'])('%s: users log in, known and new', async (begin) => {
    await dbExec(handle, `${begin}; INSERT INTO ledger (n) VALUES (1)`);
    expect(await within(LIMIT, login(app, wechat, 'known'))).toMatch(/^known\|/);
    expect(await within(LIMIT, login(app, wechat, 'new'))).toMatch(/^new\|/);
    await dbExec(handle, 'COMMIT');
    expect(await ids()).toEqual(['known', 'new']);
    expect(await dbAll(handle, 'SELECT n FROM ledger')).toEqual([{ n: 1 }]);
  });

  test('a transaction that has outgrown its cache: users log in, known and new', async () => {
    await dbExec(handle, 'PRAGMA cache_size = 1; BEGIN');
    for (let n = 1; n <= 50; n += 1) {
      await dbExec(handle, `INSERT INTO ledger VALUES (${n}, randomblob(5000))`);
    }
    expect(await within(LIMIT, login(app, wechat, 'known'))).toMatch(/^known\|/);
    expect(await within(LIMIT, login(app, wechat, 'new'))).toMatch(/^new\|/);
    await dbExec(handle, 'COMMIT');
    expect(await ids()).toEqual(['known', 'new']);
    expect(await dbAll(handle, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  test('a user who stands only in the transaction is there for a refresh', async () => {
    await dbExec(handle, "BEGIN; INSERT INTO user (openId) VALUES ('pending')");
    expect(await refresh(app, 'pending')).toMatch(/^pending\|/);
    await dbExec(handle, 'ROLLBACK');
    expect(await rejection(app.refreshToken('pending'))).toMatchObject({ code: 6010 });
  });

  test('a user who stands only in the transaction is not inserted again by a login', async () => {
    await dbExec(handle, "BEGIN; INSERT INTO user (openId) VALUES ('pending')");
    await login(app, wechat, 'pending');
    await dbExec(handle, 'COMMIT');
    expect(await ids()).toEqual(['known', 'pending']);
  });

  test('the transaction of another connection: known users log in', async () => {
    const other = await openSqlite((await dbAll(handle, 'PRAGMA database_list'))[0].file);
    await dbExec(other, 'BEGIN IMMEDIATE; INSERT INTO ledger (n) VALUES (1)');
    expect(await within(LIMIT, login(app, wechat, 'known'))).toMatch(/^known\|/);
    await dbExec(other, 'COMMIT');
  });
});
