'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const sqlite3 = require('sqlite3');
const {
  createApp,
  dbAll,
  dbClose,
  dbExec,
  isWindows,
  login,
  openSqlite,
  refresh,
  rejection,
  rejections,
  startFakeWeChat,
  tempDir,
  USER_TABLE,
} = require('../support');
const { addUsers, lockedElsewhere, runProgram, userFile } = require('./support');

const onUnix = isWindows ? test.skip : test;

// Handles as applications open them, other than by an absolute path and waiting for it.
describe('a sqlite3 handle', () => {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  /** Known and new users log in; their rows stand in the handle's own table. */
  async function expectLogins(handle) {
    await dbExec(handle, addUsers(['known']));
    const app = createApp({ wechat, db: handle });
    await refresh(app, 'known');
    await login(app, wechat, 'known');
    await login(app, wechat, 'new');
    expect(await rejection(app.refreshToken('nobody'))).toMatchObject({ code: 6010 });
    const rows = await dbAll(handle, 'SELECT openId FROM user ORDER BY rowid');
    expect(rows).toEqual([{ openId: 'known' }, { openId: 'new' }]);
  }

  test.each([
    ['temporary', ''],
    ['in memory', ':memory:'],
  ])('%s: users log in', async (_name, name) => {
    const handle = await openSqlite(name);
    await dbExec(handle, USER_TABLE);
    await expectLogins(handle);
  });

  test('opened by a file: URI: users log in', async () => {
    const file = await userFile();
    const flags = sqlite3.OPEN_READWRITE | sqlite3.OPEN_URI;
    const handle = await new Promise((resolve, reject) => {
      const db = new sqlite3.Database(pathToFileURL(file).href, flags, (error) =>
        error ? reject(error) : resolve(db),
      );
    });
    await expectLogins(handle);
    await dbClose(handle);
  });

  test('not yet open, its table not yet made: users log in', async () => {
    const handle = new sqlite3.Database(path.join(tempDir(), 'early.db'));
    handle.serialize(() => handle.run(USER_TABLE));
    const app = createApp({ wechat, db: handle });
    await dbAll(handle, 'SELECT 1');
    await login(app, wechat, 'new');
    expect(await dbAll(handle, 'SELECT openId FROM user')).toEqual([{ openId: 'new' }]);
    await dbClose(handle);
  });

  test('with the user table in an attached database: users log in', async () => {
    const people = await userFile();
    const handle = await openSqlite(path.join(tempDir(), 'empty.db'));
    await dbExec(handle, `ATTACH '${people}' AS people`);
    await expectLogins(handle);
  });

  test('with a temporary user table beside the one in the file: users log in', async () => {
    const handle = await openSqlite(await userFile({ users: ['hidden'] }));
    await dbExec(handle, USER_TABLE.replace('CREATE TABLE', 'CREATE TEMP TABLE'));
    await expectLogins(handle);
  });

  test('with the user table as a view: known users log in', async () => {
    const handle = await openSqlite(await userFile({ users: ['known'] }));
    await dbExec(handle, 'ALTER TABLE user RENAME TO people; CREATE VIEW user AS SELECT openId FROM people');
    const app = createApp({ wechat, db: handle });
    await login(app, wechat, 'known');
    expect(await rejection(login(app, wechat, 'new'))).toMatchObject({
      code: 6000,
      message: expect.stringMatching(/^Error: .*cannot modify user because it is a view/s),
    });
  });

  test.each([
    ['one', false],
    ['both', true],
  ])('opened by a relative path keeps to its file when the folder changes (%s open)', async (_name, both) => {
    const [here, there] = [tempDir(), tempDir()];
    await userFile({ users: ['here'], dir: here });
    await userFile({ users: ['there'], dir: there });
    const report = await runProgram('change-folder.js', { here, there, name: 'app.db', both });
    expect(report).toEqual({ here: 'found', there: 6010, rows: ['here', 'new'] });
  });

  onUnix.each([
    ['', false],
    [', also when the application opens that too', true],
  ])('whose file another takes the place of keeps to its own%s', async (_name, both) => {
    const file = await userFile({ users: ['old'] });
    const handle = await openSqlite(file);
    const app = createApp({ wechat, db: handle });
    await refresh(app, 'old');
    fs.renameSync(await userFile({ users: ['new'] }), file);
    if (both) await dbAll(await openSqlite(file), 'SELECT count(*) FROM user');
    await refresh(app, 'old');
    expect(await rejection(app.refreshToken('new'))).toMatchObject({ code: 6010 });
  });

  test('on a file that is no database: 6000 with the cause', async () => {
    const file = path.join(tempDir(), 'odd.db');
    fs.writeFileSync(file, 'this is no database '.repeat(500));
    const handle = await openSqlite(file);
    const app = createApp({ wechat, db: handle });
    for (const error of await rejections(login(app, wechat, 'o1'), app.refreshToken('o1'))) {
      expect(error).toMatchObject({
        code: 6000,
        message: expect.stringMatching(/^Error: .*file is not a database/s),
      });
    }
  });

  test('that the application has closed: a new user is 6000 with the cause', async () => {
    const handle = await openSqlite(await userFile());
    const app = createApp({ wechat, db: handle });
    await login(app, wechat, 'o1');
    await dbClose(handle);
    expect(await rejection(login(app, wechat, 'o2'))).toMatchObject({
      code: 6000,
      message: expect.stringMatching(/^Error: .*closed/s),
    });
  });

  test('whose file another process has locked for longer than it waits: 6000 with the cause, then all is well', async () => {
    const file = await userFile({ users: ['known'] });
    const handle = await openSqlite(file);
    handle.configure('busyTimeout', 50);
    const app = createApp({ wechat, db: handle });
    const lock = await lockedElsewhere(file);
    const busy = { code: 6000, message: expect.stringMatching(/^Error: .*database is locked/s) };
    expect(await rejection(login(app, wechat, 'known'))).toMatchObject(busy);
    expect(await rejection(login(app, wechat, 'new'))).toMatchObject(busy);
    await lock.release();
    await login(app, wechat, 'known');
    await login(app, wechat, 'new');
  });
});
