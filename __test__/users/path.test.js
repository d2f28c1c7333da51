'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const {
  ODD_NAME,
  atOnce,
  createApp,
  dbAll,
  isWindows,
  login,
  openSqlite,
  pause,
  refresh,
  rejection,
  rejections,
  startFakeWeChat,
  tempDir,
  within,
} = require('../support');
const { rowsOf } = require('../stores/file/support');
const { descriptors, inspect, lockedElsewhere, runProgram, userFile } = require('./support');

const onUnix = isWindows ? test.skip : test;
const onLinux = process.platform === 'linux' ? test : test.skip;

describe('users in a file given by its path', () => {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  const open = (db, options) => createApp({ wechat, db, options });

  /** A path that leads to no file: both calls say so, and how to have it made. */
  async function expectMissing(app, user = 'o1') {
    for (const error of await rejections(login(app, wechat, user), app.refreshToken(user))) {
      expect(error).toMatchObject({
        code: 6000,
        message: expect.stringMatching(/^Error: .*(not exist|no such file).*createTable/is),
      });
    }
  }

  test('a path that does not exist is 6000, says so and names createTable, and makes no file', async () => {
    const file = path.join(tempDir(), 'none.db');
    await expectMissing(open(file));
    expect(fs.existsSync(file)).toBe(false);
  });

  test('createTable makes the file as well', async () => {
    const file = path.join(tempDir(), 'made.db');
    const app = open(file, { createTable: true });
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    await login(app, wechat, 'o1');
    const handle = await openSqlite(file);
    expect(await dbAll(handle, 'SELECT openId, nickName FROM user')).toEqual([{ openId: 'o1', nickName: null }]);
  });

  test('createTable makes no folder: 6000', async () => {
    const app = open(path.join(tempDir(), 'none', 'made.db'), { createTable: true });
    expect(await rejection(login(app, wechat, 'o1'))).toMatchObject({ code: 6000 });
  });

  test.each([
    ['text', Buffer.from('this is no database '.repeat(500)), /not a database/],
    ['an empty file', Buffer.alloc(0), /no such table: user/],
  ])('a file that is no database (%s) is 6000 and stays as it is', async (_name, content, cause) => {
    const file = path.join(tempDir(), 'odd.db');
    fs.writeFileSync(file, content);
    const app = open(file);
    for (const error of await rejections(login(app, wechat, 'o1'), app.refreshToken('o1'))) {
      expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(cause) });
    }
    expect(fs.readFileSync(file).equals(content)).toBe(true);
  });

  test('a folder is 6000', async () => {
    expect(await rejection(login(open(tempDir()), wechat, 'o1'))).toMatchObject({ code: 6000 });
  });

  onUnix.each(['DELETE', 'WAL'])('a file that another takes the place of is noticed (%s)', async (journal) => {
    const file = await userFile({ journal, users: ['old'] });
    const app = open(file);
    expect(await refresh(app, 'old')).toMatch(/^old\|/);

    fs.renameSync(await userFile({ journal, users: ['new'] }), file);
    for (const tail of ['-wal', '-shm']) fs.rmSync(file + tail, { force: true });
    expect(await rejection(app.refreshToken('old'))).toMatchObject({ code: 6010 });
    expect(await refresh(app, 'new')).toMatch(/^new\|/);
    await login(app, wechat, 'later');
    await app.close();
    expect(await inspect(file)).toMatchObject({ check: 'ok', users: ['new', 'later'] });
  });

  onUnix('a file that is removed is missed, and its return noticed', async () => {
    const file = await userFile({ users: ['o1'] });
    const app = open(file);
    await app.refreshToken('o1');
    fs.renameSync(file, `${file}.away`);
    await expectMissing(app, 'o2');
    fs.renameSync(`${file}.away`, file);
    await app.refreshToken('o1');
  });

  test("another process's exclusive lock of half a second is waited for", async () => {
    const file = await userFile({ users: ['known'] });
    const app = open(file);
    const lock = await lockedElsewhere(file);
    let released = false;
    const logins = ['known', 'new'].map(async (user) => {
      await login(app, wechat, user);
      return released;
    });
    const freed = pause(500).then(() => {
      released = true;
      return lock.release();
    });
    expect(await within(15000, Promise.all(logins))).toEqual([true, true]);
    await freed;
    await app.close();
    expect(await inspect(file)).toMatchObject({ check: 'ok', users: ['known', 'new'], ledger: [1] });
  });

  const relative = (file) => path.relative(process.cwd(), file);
  /** Of an absolute path with a slash before the drive where there is one, as URIs have it. */
  const encoded = (file) => {
    const parts = file.split(path.sep).map((part) => (/^[A-Z]:$/i.test(part) ? `/${part}` : encodeURIComponent(part)));
    return parts.join('/');
  };

  test.each([
    ['a relative path', relative],
    ['a file: URI', (file) => pathToFileURL(file).href],
    ['a file: URI of one slash', (file) => `file:${encoded(file)}`],
    ['a file: URI that names this machine', (file) => `file://localhost${encoded(file)}`],
    ['a file: URI with a parameter', (file) => `file:${encoded(file)}?mode=rw`],
    ['a file: URI with a fragment', (file) => `file:${encoded(file)}#mode=ro`],
    ['a relative file: URI', (file) => `file:${encoded(relative(file))}`],
    ['a file: URL', pathToFileURL],
    ['a file: URL with a parameter', (file) => new URL(`${pathToFileURL(file)}?mode=rw`)],
  ])('a file can be named by %s', async (_kind, name) => {
    const file = await userFile({ users: ['o1'], name: ODD_NAME });
    const app = open(name(file));
    await refresh(app, 'o1');
    await login(app, wechat, 'o2');
    expect(await inspect(file)).toMatchObject({ users: ['o1', 'o2'] });
  });

  test('a relative name means what it meant when the object was made', async () => {
    const file = await userFile({ users: ['o1'] });
    const names = [
      ['app.db', 'tokens.db'],
      ['file:app.db', 'file:more%20tokens.db'],
    ];
    expect(await runProgram('leave-folder.js', { file, names })).toEqual(['found', 'found']);
    for (const name of ['tokens.db', 'more tokens.db']) {
      expect(await rowsOf(path.join(path.dirname(file), name))).toHaveLength(1);
    }
  });

  test('a path and a handle to the same file work side by side', async () => {
    const file = await userFile({ users: ['known'] });
    const handle = await openSqlite(file);
    const [byHandle, byPath] = [createApp({ wechat, db: handle }), open(file)];
    for (const app of [byHandle, byPath, byHandle]) await refresh(app, 'known');
    await atOnce(40, (i) => login(i % 2 ? byHandle : byPath, wechat, `o${i % 10}`));
    await byPath.close();
    await login(byHandle, wechat, 'last');
    const found = await inspect(file);
    expect(found.check).toBe('ok');
    expect(found.users.sort()).toEqual(['known', 'last', ...Array.from({ length: 10 }, (_, i) => `o${i}`)]);
  });

  onLinux('however many objects and names there are, the library has one connection to a file', async () => {
    const file = await userFile();
    const link = path.join(tempDir(), 'link.db');
    fs.symlinkSync(file, link);
    const apps = [open(file), open(file), open(link), open(path.join(path.dirname(file), '.', path.basename(file)))];
    await atOnce(20, (i) => login(apps[i % apps.length], wechat, `o${i % 5}`));
    expect(descriptors(file)).toHaveLength(1);
    await Promise.all(apps.map((app) => app.close()));
    const found = await inspect(file);
    expect(found.users.sort()).toEqual(['o0', 'o1', 'o2', 'o3', 'o4']);
  });
});
