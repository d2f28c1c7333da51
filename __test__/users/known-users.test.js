'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const {
  atOnce,
  createApp,
  dbAll,
  dbExec,
  dbRun,
  login,
  openSqlite,
  refresh,
  startFakeWeChat,
  until,
} = require('../support');
const { descriptors, numbers, userFile } = require('./support');

// Elsewhere a handle is asked by itself.
const onLinux = process.platform === 'linux' ? test : test.skip;
const KNOWN = numbers(100).map((n) => `o${n}`);

// The users stand in the file; the application's handle is given, in rollback mode.
describe('logins of known users beside a sqlite3 handle', () => {
  let wechat;
  let file;
  let handle;

  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  beforeEach(async () => {
    file = await userFile({ users: KNOWN });
    handle = await openSqlite(file);
  });

  /** Counts every call of every method of the handle. */
  function spyOnCalls() {
    const calls = [];
    const methods = new Set();
    // Up to the Object of Node's own realm, which is not the one of jest.
    for (let level = handle; Object.getPrototypeOf(level) !== null; level = Object.getPrototypeOf(level)) {
      for (const name of Object.getOwnPropertyNames(level)) if (name !== 'constructor') methods.add(name);
    }
    for (const name of methods) {
      const original = handle[name];
      if (typeof original !== 'function') continue;
      handle[name] = (...args) => {
        calls.push(name);
        return original.apply(handle, args);
      };
    }
    return calls;
  }

  /** The statements that SQLite itself has seen on the handle, up to now. */
  async function spyOnStatements() {
    const statements = [];
    handle.on('trace', (sql) => statements.push(sql));
    let marks = 0;
    const flushed = async () => {
      marks += 1;
      const mark = `SELECT 'mark ${marks}'`;
      await dbAll(handle, mark);
      await until(() => statements.includes(mark));
      return statements.filter((sql) => !/mark \d/.test(sql));
    };
    await flushed();
    return flushed;
  }

  onLinux('100 of them make no call on the handle', async () => {
    const calls = spyOnCalls();
    const app = createApp({ wechat, db: handle });
    await login(app, wechat, 'newcomer'); // whatever is to be prepared, is
    expect(calls).toContain('run');
    calls.length = 0;
    const another = createApp({ wechat, db: handle });
    for (const user of KNOWN) for (const one of [app, app, another]) await login(one, wechat, user);
    expect(calls).toEqual([]);
  });

  onLinux('100 of them at once execute no statement on the handle', async () => {
    const statements = await spyOnStatements();
    const app = createApp({ wechat, db: handle });
    await login(app, wechat, 'newcomer');
    const before = await statements();
    expect(before.join('\n')).toMatch(/insert/i);
    await atOnce(KNOWN.length, (i) => login(app, wechat, KNOWN[i]));
    await atOnce(KNOWN.length, (i) => refresh(app, KNOWN[i]));
    expect((await statements()).slice(before.length)).toEqual([]);
  });

  test('they leave every byte of the file as it was', async () => {
    const sha = () => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
    const before = { sha: sha(), at: fs.statSync(file).mtimeMs };
    const app = createApp({ wechat, db: handle });
    for (const user of KNOWN) await login(app, wechat, user);
    for (const user of KNOWN.slice(0, 10)) await refresh(app, user);
    expect({ sha: sha(), at: fs.statSync(file).mtimeMs }).toEqual(before);
    expect(fs.existsSync(`${file}-journal`)).toBe(false);
  });

  onLinux('the descriptor that the library has on the file cannot write', async () => {
    const before = descriptors(file);
    expect(before).toEqual([expect.objectContaining({ writable: true })]); // the handle's own

    const app = createApp({ wechat, db: handle });
    for (const user of KNOWN.slice(0, 10)) await login(app, wechat, user);
    await atOnce(10, (i) => login(app, wechat, `new${i}`));
    await refresh(app, 'new1');

    const added = descriptors(file).filter(({ fd }) => fd !== before[0].fd);
    expect(added).toEqual([expect.objectContaining({ writable: false })]);
  });

  test('they go on while another connection of the application writes', async () => {
    const other = await openSqlite(file);
    const app = createApp({ wechat, db: handle });
    for (const user of KNOWN) {
      const write = dbRun(other, 'INSERT INTO ledger (body) VALUES (randomblob(2000))');
      await Promise.all([write, login(app, wechat, user), refresh(app, user)]);
    }
    expect(await dbAll(handle, 'SELECT count(*) AS rows FROM ledger')).toEqual([{ rows: KNOWN.length }]);
  });

  test('a schema that changes under them is seen', async () => {
    const app = createApp({ wechat, db: handle });
    await login(app, wechat, 'o1');
    await dbExec(handle, 'ALTER TABLE user ADD COLUMN phone TEXT; VACUUM');
    await login(app, wechat, 'o2');
    await dbExec(
      handle,
      "DROP TABLE user; CREATE TABLE user (a, b, openId TEXT); INSERT INTO user VALUES (1, 2, 'o3')",
    );
    await login(app, wechat, 'o3');
    await login(app, wechat, 'o4');
    expect(await dbAll(handle, 'SELECT openId FROM user')).toEqual([{ openId: 'o3' }, { openId: 'o4' }]);
  });
});
