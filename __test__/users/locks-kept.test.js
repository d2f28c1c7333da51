'use strict';

const { createApp, dbExec, isValid, login, openSqlite, refresh, startFakeWeChat } = require('../support');
const { descriptors, runProgram, userFile } = require('./support');

// POSIX drops a process's locks on a file when any descriptor of that file is closed in it.
const onLinux = process.platform === 'linux' ? test : test.skip;

describe.each(['DELETE', 'WAL'])("the application's lock on its file, journal mode %s", (journal) => {
  let wechat;
  let file;
  let handle;

  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  beforeEach(async () => {
    file = await userFile({ journal, users: ['known'] });
    handle = await openSqlite(file);
  });

  /** Makes an object on the file, has it look, and closes it. */
  async function comeAndGo(db, options) {
    const app = createApp({ wechat, db, options });
    await refresh(app, 'known');
    await login(app, wechat, 'known');
    await app.close();
  }

  /** Makes an object whose tokens are in the file, has it look, and closes it. */
  async function check(db) {
    const app = createApp({ wechat, db, tokens: { file } });
    expect(await isValid(app, `o1|shop|${'0a'.repeat(32)}`)).toBe(false);
    await app.close();
  }

  const given = [
    ['its path', () => comeAndGo(file)],
    ['its handle', () => comeAndGo(handle)],
    ["its handle, users: 'native'", () => comeAndGo(handle, { users: 'native' })],
    ['its handle, tokens in its file', () => check(handle)],
  ];

  test.each(given)('outlives objects that are made and closed (%s)', async (_what, use) => {
    await check(null); // for there to be a table of tokens
    await dbExec(handle, 'BEGIN IMMEDIATE; INSERT INTO ledger (n) VALUES (1)');
    for (let round = 0; round < 3; round += 1) await use();
    expect(await runProgram('try-lock.js', { file })).toBe('SQLITE_BUSY');
    await dbExec(handle, 'COMMIT');
    expect(await runProgram('try-lock.js', { file })).toBe('locked');
  });

  onLinux('costs no descriptor for each object that was closed', async () => {
    const use = async () => {
      await comeAndGo(file);
      await check(file);
    };
    await use();
    const before = descriptors(file).length;
    for (let round = 0; round < 10; round += 1) await use();
    expect(descriptors(file)).toHaveLength(before);
  });
});
