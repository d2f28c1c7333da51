'use strict';

const {
  createApp,
  drivers,
  DRIVERS,
  login,
  refresh,
  registeredIds,
  rejection,
  startFakeWeChat,
  within,
} = require('../support');
const { JOURNALS } = require('./kinds');
const { userFile } = require('./support');

// Far more than a login needs, less than a lock that is waited for in vain.
const LIMIT = 8000;

const WAYS = DRIVERS.flatMap((driver) => JOURNALS.map(([mode, journal]) => [driver, mode, journal]));

describe.each(WAYS)("an open transaction on the application's handle of %s, %s", (driver, _mode, journal) => {
  let wechat;
  let file;
  let own;
  let app;

  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  beforeEach(async () => {
    file = await userFile({ journal, users: ['known'] });
    own = await drivers[driver](file);
    app = createApp({ wechat, db: own.db });
  });

  const ids = () => registeredIds(own);

  test.each(['BEGIN', 'BEGIN IMMEDIATE', 'BEGIN EXCLUSIVE'])('%s: users log in, known and new', async (begin) => {
    await own.exec(`${begin}; INSERT INTO ledger (n) VALUES (1)`);
    expect(await within(LIMIT, login(app, wechat, 'known'))).toMatch(/^known\|/);
    expect(await within(LIMIT, login(app, wechat, 'new'))).toMatch(/^new\|/);
    await own.exec('COMMIT');
    expect(await ids()).toEqual(['known', 'new']);
    expect(await own.all('SELECT n FROM ledger')).toEqual([{ n: 1 }]);
  });

  test('a transaction that has outgrown its cache: users log in, known and new', async () => {
    await own.exec('PRAGMA cache_size = 1; BEGIN');
    for (let n = 1; n <= 50; n += 1) {
      await own.exec(`INSERT INTO ledger VALUES (${n}, randomblob(5000))`);
    }
    expect(await within(LIMIT, login(app, wechat, 'known'))).toMatch(/^known\|/);
    expect(await within(LIMIT, login(app, wechat, 'new'))).toMatch(/^new\|/);
    await own.exec('COMMIT');
    expect(await ids()).toEqual(['known', 'new']);
    expect(await own.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  test('a user who stands only in the transaction is there for a refresh', async () => {
    await own.exec("BEGIN; INSERT INTO user (openId) VALUES ('pending')");
    expect(await refresh(app, 'pending')).toMatch(/^pending\|/);
    await own.exec('ROLLBACK');
    expect(await rejection(app.refreshToken('pending'))).toMatchObject({ code: 6010 });
  });

  test('a user who stands only in the transaction is not inserted again by a login', async () => {
    await own.exec("BEGIN; INSERT INTO user (openId) VALUES ('pending')");
    await login(app, wechat, 'pending');
    await own.exec('COMMIT');
    expect(await ids()).toEqual(['known', 'pending']);
  });

  test('the transaction of another connection: known users log in', async () => {
    const other = await drivers[driver](file);
    await other.exec('BEGIN IMMEDIATE; INSERT INTO ledger (n) VALUES (1)');
    expect(await within(LIMIT, login(app, wechat, 'known'))).toMatch(/^known\|/);
    await other.exec('COMMIT');
  });
});
