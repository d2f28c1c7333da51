'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const {
  ODD_NAME,
  atOnce,
  drivers,
  isValid,
  isWindows,
  liveOf,
  login,
  refresh,
  rejections,
  runNode,
  tempDir,
  until,
} = require('../../support');
const { copyOf, descriptors, inspect, userFile } = require('../../users/support');
const { fileSetting, journalOf, rowsOf } = require('./support');

const onLinux = process.platform === 'linux' ? test : test.skip;
const onUnix = isWindows ? test.skip : test;

/** The rights of a file that its owner alone may use; on Windows those of its folder hold. */
const PRIVATE = isWindows ? 0o666 : 0o600;
const UNKNOWN = `o1|shop|${'0a'.repeat(32)}`;
const here = fileSetting();

const ask = (app) => login(app, here.wechat, 'o1');

/** Every call rejects with 6000 and this cause. */
async function expectFailing(app, cause) {
  for (const error of await rejections(ask(app), app.refreshToken('o1'), app.isTokenValid(UNKNOWN))) {
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(cause) });
  }
}

/** By way of a link to its folder, which Windows lets few make. */
function byLink(file) {
  const link = path.join(tempDir(), 'link');
  fs.symlinkSync(path.dirname(file), link);
  return path.join(link, path.basename(file));
}

describe('the file', () => {
  test('is made where it is missing, with a write-ahead log', async () => {
    const token = await ask(here.open());
    expect(await journalOf(here.file)).toBe('wal');
    expect(await rowsOf(here.file)).toEqual([['o1', 'shop', token]]);
  });

  test.each([
    ['with a dot in it', (file) => `${path.dirname(file)}/./${path.basename(file)}`],
    [
      'by way of another folder',
      (file) => `${path.dirname(file)}/../${path.basename(path.dirname(file))}/${path.basename(file)}`,
    ],
    ...(isWindows ? [] : [['by a link to its folder', byLink]]),
  ])('is made for its tokens also where db names it differently: %s', async (_how, differently) => {
    const app = here.open({ db: differently(here.file), options: { createTable: true } });
    await ask(app);
    expect(await journalOf(here.file)).toBe('wal');
    expect(fs.statSync(here.file).mode & 0o777).toBe(PRIVATE);
  });

  test('is made by a check as well', async () => {
    expect(await isValid(here.open(), UNKNOWN)).toBe(false);
    expect(await journalOf(here.file)).toBe('wal');
  });

  test('that is there but empty gets a write-ahead log', async () => {
    fs.writeFileSync(here.file, '', { mode: 0o600 });
    await ask(here.open());
    expect(await journalOf(here.file)).toBe('wal');
    expect(fs.statSync(here.file).mode & 0o777).toBe(PRIVATE);
  });

  test.each(['delete', 'wal'])('that holds something keeps its journal (%s) and what it holds', async (journal) => {
    const file = await userFile({ journal, users: ['o1'] });
    await ask(here.open({ file }));
    expect(await journalOf(file)).toBe(journal);
    expect(await inspect(file)).toEqual({ check: 'ok', users: ['o1'], ledger: [] });
  });

  test('that the library makes for users too gets a write-ahead log', async () => {
    const { file } = here;
    for (const db of [file, pathToFileURL(file)]) {
      const app = here.open({ db, options: { createTable: true } });
      const token = await ask(app);
      expect(await isValid(app, token)).toBe(true);
      expect(await journalOf(file)).toBe('wal');
      await app.close();
    }
    const own = await drivers.sqlite3(file);
    expect(await own.all('SELECT openId FROM user')).toEqual([{ openId: 'o1' }]);
  });

  test.each([
    ['a path', (file) => file],
    ['a relative path', (file) => path.relative(process.cwd(), file)],
    ['a file: URI', (file) => pathToFileURL(file).href],
    [
      'a relative file: URI',
      (file) => `file:${path.relative(process.cwd(), file).split(path.sep).map(encodeURIComponent).join('/')}`,
    ],
    ['a file: URI with a parameter', (file) => `${pathToFileURL(file)}?mode=rw`],
    ['a file: URL', (file) => pathToFileURL(file)],
  ])('is named by %s', async (_kind, name) => {
    here.file = path.join(tempDir(), ODD_NAME);
    const token = await ask(here.open({ file: name(here.file) }));
    expect(await rowsOf(here.file)).toEqual([['o1', 'shop', token]]);
    expect(fs.readdirSync(path.dirname(here.file))[0]).toBe(path.basename(here.file));
  });

  test('in a folder that is missing: 6000, until that is made', async () => {
    const file = path.join(tempDir(), 'none', 'tokens.db');
    const app = here.open({ file });
    await expectFailing(app, /^Error: SQLITE_CANTOPEN/);
    expect((await app.health()).tokens).toMatchObject({
      kind: 'file',
      ready: false,
      latencyMs: null,
      error: expect.stringMatching(/^Error: SQLITE_CANTOPEN/),
    });
    expect(fs.existsSync(path.dirname(file))).toBe(false);
    fs.mkdirSync(path.dirname(file));
    expect(await isValid(app, await ask(app))).toBe(true);
    expect((await app.health()).tokens).toMatchObject({ ready: true });
  });

  test('that is no database: 6000, and it stays as it is', async () => {
    const text = 'this is no database '.repeat(500);
    fs.writeFileSync(here.file, text);
    await expectFailing(here.open(), /^Error: .*file is not a database/);
    expect(fs.readFileSync(here.file, 'utf8')).toBe(text);
  });

  test('that is a folder: 6000', async () => {
    await expectFailing(here.open({ file: tempDir() }), /^Error: SQLITE_/);
  });

  onLinux('that must not be read, or not be written: 6000', async () => {
    const [secret, fixed] = [await userFile(), await userFile()];
    for (const file of [secret, fixed]) fs.chmodSync(path.dirname(file), 0o777);
    fs.chmodSync(secret, 0o000);
    fs.chmodSync(fixed, 0o444);
    const result = await runNode(
      `
      const { createApp, everybody, rejection } = require('./__test__/support');
      if (process.getuid() === 0) process.setuid(65534); // whom the rights of files bind
      const report = async (file) => {
        const app = createApp({ db: everybody(), tokens: { file } });
        const calls = [app.refreshToken('o1'), app.isTokenValid('${UNKNOWN}')];
        const errors = await Promise.all(calls.map(rejection));
        console.log(JSON.stringify(errors.map((error) => error && [error.code, error.message])));
      };
      report(process.argv.at(-2)).then(() => report(process.argv.at(-1)));
    `,
      { args: [secret, fixed] },
    );
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const errors = result.stdout
      .trim()
      .split('\n')
      .flatMap((line) => JSON.parse(line));
    expect(errors.map(([code]) => code)).toEqual([6000, 6000, 6000, 6000]);
    for (const [, message] of errors.slice(0, 2)) expect(message).toMatch(/^Error: SQLITE_(CANTOPEN|PERM)/);
    for (const [, message] of errors.slice(2)) expect(message).toMatch(/^Error: SQLITE_READONLY/);
  });

  onUnix('that another takes the place of is noticed', async () => {
    const app = here.open();
    const old = await ask(app);
    const file = path.join(tempDir(), 'other.db');
    const other = here.open({ file });
    const token = await ask(other);
    await other.close();
    fs.renameSync(file, here.file);
    for (const tail of ['-wal', '-shm']) fs.rmSync(here.file + tail, { force: true });
    expect(await liveOf(app, [old, token])).toEqual([token]);
    expect(await ask(app)).toBe(token);
  });

  onUnix('that is removed takes its tokens with it, and the next call makes another', async () => {
    const app = here.open();
    const token = await ask(app);
    for (const tail of ['', '-wal', '-shm']) fs.rmSync(here.file + tail, { force: true });
    expect(await isValid(app, token)).toBe(false);
    const next = await ask(app);
    expect(await liveOf(app, [token, next])).toEqual([next]);
  });
});

describe('tokens in a file', () => {
  test('outlive their objects, and the file alone holds them when all are closed', async () => {
    const [first, second] = [here.open(), here.open({ sku: 'other' })];
    const tokens = [await ask(first), await ask(second)];
    await Promise.all([first.close(), second.close()]);
    const copied = here.open({ file: copyOf(here.file) });
    expect(await liveOf(copied, tokens)).toEqual(tokens);
    expect(await ask(here.open())).toBe(tokens[0]);
  });

  test.each(['end', 'exit'])('outlive a process without close (%s), and the file alone holds them', async (how) => {
    const result = await runNode(
      `
      const { createApp, everybody, login, refresh } = require('./__test__/support');
      const app = createApp({ db: everybody(), tokens: { file: process.argv.at(-1) } });
      refresh(app, 'o1').then((token) => {
        console.log(token);
        if ('${how}' === 'exit') process.exit(0);
      });
    `,
      { args: [here.file] },
    );
    expect(result).toMatchObject({ code: 0, signal: null, stderr: '' });
    const token = result.stdout.trim();
    expect(await isValid(here.open({ file: copyOf(here.file) }), token)).toBe(true);
    expect(await ask(here.open())).toBe(token);
  });

  test('end at once when their rows are deleted by hand', async () => {
    const [shop, other] = [here.open(), here.open({ sku: 'other' })];
    const tokens = [await ask(shop), await ask(other), await login(shop, here.wechat, 'o2')];
    const own = await drivers['better-sqlite3'](here.file);
    await own.exec("DELETE FROM mpauthx_session WHERE user = 'o1' AND sku = 'shop'");
    expect(await liveOf(shop, tokens)).toEqual(tokens.slice(1));
    await own.exec("DELETE FROM mpauthx_session WHERE user = 'o1'");
    expect(await liveOf(shop, tokens)).toEqual(tokens.slice(2));
    const next = await ask(shop);
    expect(tokens).not.toContain(next);
    expect(await isValid(shop, next)).toBe(true);
  });

  test('leave the file when they have ended', async () => {
    const app = here.open({ ttl: 1 });
    const old = await atOnce(30, (i) => login(app, here.wechat, `old${i}`));
    await until(async () => (await liveOf(app, old)).length === 0);
    const lasting = here.open();
    await atOnce(30, (i) => login(lasting, here.wechat, `new${i}`));
    expect((await rowsOf(here.file)).filter(([user]) => user.startsWith('old'))).toEqual([]);
  });

  test.each([Number.MAX_SAFE_INTEGER, 1e15, 9e12])('may live for %d seconds', async (ttl) => {
    const app = here.open({ ttl });
    const token = await ask(app);
    expect(await isValid(app, token)).toBe(true);
    expect(await ask(app)).toBe(token);
    const next = await refresh(app, 'o1');
    expect(await liveOf(app, [token, next])).toEqual([next]);
  });

  test('are told of by health', async () => {
    expect((await here.open().health()).tokens).toStrictEqual({
      kind: 'file',
      ready: true,
      latencyMs: expect.any(Number),
      warnings: [],
    });
  });

  onLinux('of many objects, by several names, share one connection', async () => {
    await ask(here.open());
    const link = path.join(tempDir(), 'link.db');
    fs.symlinkSync(here.file, link);
    const names = [here.file, link, pathToFileURL(link).href, path.join(path.dirname(here.file), '.', 'tokens.db')];
    const apps = Array.from({ length: 40 }, (_, i) => here.open({ file: names[i % names.length], sku: `s${i % 5}` }));
    const tokens = await atOnce(200, (i) => login(apps[i % 40], here.wechat, `o${i % 8}`));
    expect(new Set(tokens).size).toBe(40);
    expect(await liveOf(apps[0], tokens)).toHaveLength(40);
    expect(descriptors(here.file)).toHaveLength(1);
    await Promise.all(apps.slice(1).map((app) => app.close()));
    expect(await liveOf(apps[0], tokens)).toHaveLength(40);
  });
});
