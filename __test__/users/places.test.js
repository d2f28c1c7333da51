'use strict';

// Files in places where there can be none: what calls say, for users and for tokens.

const fs = require('node:fs');
const path = require('node:path');
const { createApp, isWindows, rejection, rejections, seen, startFakeWeChat, login, tempDir } = require('../support');
const { runProgram, userFile } = require('./support');

let folder;
let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});
beforeEach(() => {
  folder = tempDir();
});

const says = (cause) => ({ code: 6000, message: expect.stringMatching(cause) });
const NO_FOLDER = /^Error: SQLITE_CANTOPEN: the folder of the database file does not exist, create it$/;
const IS_FOLDER = /^Error: SQLITE_CANTOPEN: the path of the database file is that of a folder$/;

/** What is in the way of a file, and what is said of it. */
const PLACES = [
  ['in a folder that does not exist', () => path.join(folder, 'none', 'app.db'), NO_FOLDER],
  ['in a folder of a folder that does not exist', () => path.join(folder, 'none', 'none', 'app.db'), NO_FOLDER],
  ['that is a folder', () => folder, IS_FOLDER],
  [
    'in a file',
    () => {
      fs.writeFileSync(path.join(folder, 'file'), '');
      return path.join(folder, 'file', 'app.db');
    },
    /^Error: SQLITE_CANTOPEN: not a directory$/,
  ],
  [
    'that a link leads to, in a folder that does not exist',
    () => {
      fs.symlinkSync(path.join(folder, 'none', 'app.db'), path.join(folder, 'link.db'));
      return path.join(folder, 'link.db');
    },
    NO_FOLDER,
  ],
  // Windows says of the file in a file that there is no such folder, and lets few make links.
].filter(([name]) => !isWindows || !/link|in a file$/.test(name));

describe.each(PLACES)('a file %s', (_name, place, cause) => {
  test.each([[{}], [{ createTable: true }]])('for users, %j: what is in the way', async (options) => {
    // Without createTable a link to nowhere is a file that is missing.
    const file = place();
    const isLink = path.basename(file) === 'link.db';
    const said = says(isLink && !options.createTable ? /does not exist; create it, or pass/ : cause);
    const app = createApp({ wechat, db: file, options });
    for (const error of await rejections(login(app, wechat, 'o1'), app.refreshToken('o1'))) {
      expect(error).toMatchObject(said);
    }
    expect((await app.health()).users).toMatchObject({ ready: false, error: said.message });
    await app.close();
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6000 });
  });

  test('for tokens: what is in the way', async () => {
    const app = createApp({ db: new Set(['o1']), tokens: { file: place() } });
    for (const error of await rejections(app.sessions.issue('o1'), app.refreshToken('o1'))) {
      expect(seen(error)).toEqual(says(cause));
    }
    expect((await app.health()).tokens).toMatchObject({ ready: false, error: says(cause).message });
  });
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('files that this process may not open, make or write: the rights that it needs', async () => {
  fs.chmodSync(folder, 0o755);
  const shut = path.join(folder, 'shut');
  const file = await userFile({ dir: folder, name: 'mine.db' });
  const readable = await userFile({ dir: folder, name: 'readable.db' });
  fs.chmodSync(file, process.getuid() === 0 ? 0o600 : 0o000);
  fs.chmodSync(readable, 0o444);
  fs.mkdirSync(shut);
  fs.chmodSync(shut, process.getuid() === 0 ? 0o700 : 0o000);
  if (process.getuid() !== 0) fs.chmodSync(folder, 0o555);
  const said = await runProgram('places.js', {
    'a file of another user': file,
    'a file that can be read': readable,
    'a new file in a folder of another user': path.join(folder, 'new.db'),
    'a file in a folder that is shut': path.join(shut, 'app.db'),
  });
  fs.chmodSync(folder, 0o755);
  fs.chmodSync(shut, 0o755);
  for (const [name, [users, tokens]] of Object.entries(said)) {
    const rights =
      /^Error: SQLITE_(CANTOPEN|READONLY): .*; this process must be allowed to read and write the file and its folder$/;
    expect([name, users]).toEqual([name, expect.stringMatching(rights)]);
    expect([name, tokens]).toEqual([name, expect.stringMatching(rights)]);
  }
});
