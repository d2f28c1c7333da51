'use strict';

// The doctor on options that will go wrong though they are taken, and on files.

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, dbExec, openSqlite, startFakeWeChat, tempDir } = require('../../support');
const { networkFileSystemOf, parseMounts } = require('../../../lib/doctor/file-system');
const { authOf, diagnosis, listOf, options, SECRET } = require('./support');

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

const APP_ID = 'wx4f4bc4dec97d474b';
const there = () => ({ endpoint: wechat.endpoint });

/** The doctor on the arguments of 1.3.2, with tokens in memory. */
async function lookAtOld({ appId = APP_ID, secret = SECRET, sku = 'shop', ...given }) {
  const { told } = await diagnosis(
    listOf(appId, secret, sku, null, null, null, { tokens: 'memory', wechat: there(), ...given }),
  );
  return told.filter((line) => !['warning options.memory', 'warning users.nobody'].includes(line));
}

describe('an application as for 1.3.2', () => {
  test.each([
    ['', 'error options.sku-empty'],
    ['undefined', 'error options.sku-undefined'],
    ['null', 'error options.sku-undefined'],
    ['a|b', 'error options.sku-bar'],
    ['my shop', 'warning options.sku-odd'],
    ['商店', 'warning options.sku-odd'],
    ['x'.repeat(65), 'warning options.sku-odd'],
  ])('with the sku %j', async (sku, expected) => {
    expect(await lookAtOld({ sku })).toEqual([expected]);
  });

  test("with the mode 'each' and no max", async () => {
    expect(await lookAtOld({ sessions: { mode: 'each' } })).toEqual(['warning options.each-without-max']);
    expect(await lookAtOld({ sessions: { mode: 'each', max: 5 } })).toEqual([]);
  });

  test('with the app id and the secret in each other’s place', async () => {
    const told = await lookAtOld({ appId: SECRET, secret: APP_ID });
    expect(told).toEqual(['warning options.odd-app-id', 'warning options.odd-secret']);
  });

  test('without app id and secret', async () => {
    const told = await lookAtOld({ appId: null, secret: null });
    expect(told).toEqual(['error options.no-app-id', 'error options.no-secret', 'note wechat.not-asked']);
  });
});

/** The doctor on an application with these files. */
const look = (given, others) => diagnosis(authOf(options({ wechat: there(), ...given })), others);

/** A file of its own, with rights and content. */
function file(content, mode = 0o600) {
  const folder = tempDir();
  const name = path.join(folder, 'x.db');
  if (content !== undefined) fs.writeFileSync(name, content, { mode });
  return { folder, name };
}

describe('a token file', () => {
  test('that does not exist yet is not made', async () => {
    const { name } = file();
    const source = `module.exports = ${JSON.stringify(options({ tokens: { file: name }, wechat: there() }))};`;
    expect((await diagnosis(source)).told).toEqual(['note tokens.will-be-made']);
    expect(fs.existsSync(name)).toBe(false);
  });

  test('that is in use is well', async () => {
    const { name } = file();
    const source = `const { createAuth } = require(${JSON.stringify(ROOT)});
      const auth = createAuth(${JSON.stringify(options({ tokens: { file: name }, wechat: there() }))});
      exports.auth = auth.sessions.issue('o1').then(() => auth);`;
    const { told, looks } = await diagnosis(source);
    expect(told).toEqual([]);
    expect(looks).toMatchObject({ 'tokens.file': { status: 'ok' }, 'tokens.answers': { status: 'ok' } });
  });

  test('in a folder that does not exist', async () => {
    const name = path.join(tempDir(), 'nowhere', 'x.db');
    expect((await look({ tokens: { file: name } })).told).toEqual(['error tokens.no-folder']);
  });

  test('that is a folder', async () => {
    expect((await look({ tokens: { file: tempDir() } })).told).toEqual(['error tokens.no-file']);
  });

  test('that is no database', async () => {
    const { name } = file('this is not a database at all');
    const source = `module.exports = ${JSON.stringify(options({ tokens: { file: name }, wechat: there() }))};`;
    expect((await diagnosis(source)).told).toEqual(['error tokens.no-database']);
  });

  test('that everybody may read', async () => {
    const { name } = file();
    const db = await openSqlite(name);
    await dbExec(db, 'CREATE TABLE t (x)');
    fs.chmodSync(name, 0o644);
    expect((await look({ tokens: { file: name } })).told).toEqual(['warning tokens.readable']);
  });

  const asNobody = process.getuid?.() === 0 ? test : test.skip;
  asNobody.each([
    ['whose file is somebody else’s', 0o777, 'error tokens.rights'],
    ['in whose folder this user may not write', 0o755, 'error tokens.folder-rights'],
  ])('%s', async (_what, folderMode, expected) => {
    const { folder, name } = file('SQLite format 3\0', folderMode === 0o777 ? 0o600 : 0o666);
    fs.chmodSync(name, folderMode === 0o777 ? 0o600 : 0o666);
    fs.chmodSync(folder, folderMode);
    const cwd = tempDir();
    fs.chmodSync(cwd, 0o755);
    const drop = path.join(cwd, 'drop.js');
    fs.writeFileSync(drop, 'process.setuid(65534);');
    const source = `module.exports = ${JSON.stringify(options({ tokens: { file: name }, wechat: there() }))};`;
    const { told, looks } = await diagnosis(source, { cwd, nodeArgs: ['-r', drop] });
    expect(told).toEqual([expected]);
    expect(looks[expected.slice(6)].text).toContain('uid 65534');
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('on a network file system', async () => {
    const { folder, name } = file();
    const mounts = path.join(folder, 'mounts.js');
    const mountinfo = `20 1 8:1 / / rw - ext4 /dev/sda1 rw\n21 20 0:40 / ${folder} rw - nfs4 server:/x rw\n`;
    fs.writeFileSync(
      mounts,
      `const fs = require('fs'), read = fs.readFileSync;
      fs.readFileSync = (name, ...rest) => (name === '/proc/self/mountinfo' ? ${JSON.stringify(mountinfo)} : read(name, ...rest));`,
    );
    const source = `module.exports = ${JSON.stringify(options({ tokens: { file: name }, wechat: there() }))};`;
    const { told, looks } = await diagnosis(source, { nodeArgs: ['-r', mounts] });
    expect(told).toEqual(['error tokens.network', 'note tokens.will-be-made']);
    expect(looks['tokens.network'].text).toContain('nfs4');
  });

  test('is found on a network file system by the mounts', () => {
    const mounts = parseMounts(
      [
        '20 1 8:1 / / rw - ext4 /dev/sda1 rw',
        '21 20 0:40 / /mnt/my\\040share rw,relatime shared:9 - nfs4 server:/x rw',
        '22 21 8:2 / /mnt/my\\040share/disk rw - xfs /dev/sdb1 rw',
        '23 20 0:41 / /mnt/my rw - tmpfs tmpfs rw',
      ].join('\n'),
    );
    const kind = (folder) => networkFileSystemOf(folder, mounts);
    expect(kind('/mnt/my share')).toBe('nfs4');
    expect(kind('/mnt/my share/a/b')).toBe('nfs4');
    for (const folder of ['/mnt/my share/disk/a', '/mnt/my', '/mnt/my shared', '/'])
      expect(kind(folder)).toBeUndefined();
  });
});

describe('a user table', () => {
  /** A database with these tables. */
  async function database(sql) {
    const { name } = file();
    await dbExec(await openSqlite(name), sql);
    return name;
  }

  const told = async (db, given) =>
    (await look({ db, ...given })).told.filter((line) => line !== 'warning options.memory');

  test('that is well', async () => {
    const name = await database('CREATE TABLE user (openId TEXT PRIMARY KEY NOT NULL)');
    expect(await told(name)).toEqual([]);
  });

  test('whose file does not exist', async () => {
    const name = path.join(tempDir(), 'users.db');
    expect(await told(name)).toEqual(['error users.missing']);
  });

  test('that is missing from its file', async () => {
    expect(await told(await database('CREATE TABLE other (x)'))).toEqual(['error users.no-table']);
  });

  test('that lacks its column', async () => {
    expect(await told(await database('CREATE TABLE user (id TEXT)'))).toEqual(['error users.no-column']);
  });

  test('that the doctor does not make', async () => {
    const name = await database('CREATE TABLE other (x)');
    const given = options({ db: name, createTable: true, wechat: there() });
    const { told: found } = await diagnosis(`module.exports = ${JSON.stringify(given)};`);
    expect(found).toEqual(['warning options.memory', 'note users.table-will-be-made']);
  });

  test('of a user store that fails, though there are no tokens yet', async () => {
    const tokens = { file: path.join(tempDir(), 'tokens.db') };
    const source = `module.exports = { ...${JSON.stringify(options({ tokens, wechat: there() }))},
      db: { has() { throw new Error('my database is away') }, add() {} } };`;
    const { told: found, looks } = await diagnosis(source);
    expect(found).toEqual(['note tokens.will-be-made', 'error users.fails']);
    expect(looks['users.fails'].text).toContain('my database is away');
  });
});
