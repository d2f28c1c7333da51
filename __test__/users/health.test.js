'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { createApp, createUserTable, dbExec, everybody, openSqlite, tempDir, within } = require('../support');

const open = (db, options) => createApp({ db, options });
const usersOf = async (app) => (await within(15000, app.health(), 'health')).users;

const newFile = () => path.join(tempDir(), 'app.db');

/** A handle on a file with the user table, or with none. */
async function handle(file, { table = true } = {}) {
  const db = await openSqlite(file);
  await (table ? createUserTable(db) : dbExec(db, 'CREATE TABLE other (id TEXT)'));
  return db;
}

const good = (kind) => ({ kind, ready: true });
const bad = (kind, error) => ({ kind, ready: false, error });
const NO_TABLE = expect.stringMatching(/^Error: .*no such table/);

describe('health() says of the users', () => {
  test('that there are none without db', async () => {
    expect(await usersOf(open(null))).toStrictEqual(good('none'));
  });

  test('that our SQLite reads and writes a path', async () => {
    const file = newFile();
    await handle(file);
    expect(await usersOf(open(file))).toStrictEqual(good('native'));
  });

  test('that our SQLite and a handle share a file', async () => {
    expect(await usersOf(open(await handle(newFile())))).toStrictEqual(good('shared'));
  });

  test.each([
    ["the 'native' of a handle", 'native', async () => [await handle(newFile()), { users: 'native' }]],
    ["the 'object' of a handle", 'object', async () => [await handle(newFile()), { users: 'object' }]],
    ['a handle in memory', 'object', async () => [await handle(':memory:')]],
    ['an object of another kind', 'object', async () => [everybody()]],
  ])('who asks %s', async (_name, kind, given) => {
    expect(await usersOf(open(...(await given())))).toStrictEqual(good(kind));
  });

  test.each([
    ['native', async () => handle(newFile(), { table: false }).then((db) => db.filename)],
    ['shared', () => handle(newFile(), { table: false })],
    ['object', () => handle(':memory:', { table: false })],
  ])('that the table is missing (%s), and that it has come', async (kind, given) => {
    const db = await given();
    const app = open(db);
    expect(await usersOf(app)).toStrictEqual(bad(kind, NO_TABLE));
    await createUserTable(typeof db === 'string' ? await openSqlite(db) : db);
    expect(await usersOf(app)).toStrictEqual(good(kind));
  });

  test('that the file is missing, and how to have it made', async () => {
    const file = newFile();
    expect(await usersOf(open(file))).toStrictEqual(bad('native', expect.stringMatching(/^Error: .*createTable/)));
    expect(fs.existsSync(file)).toBe(false);
    expect(await usersOf(open(file, { createTable: true }))).toStrictEqual(good('native'));
  });

  test('that the file is no database', async () => {
    const file = newFile();
    fs.writeFileSync(file, 'no database, but long enough to be looked at '.repeat(100));
    expect(await usersOf(open(file))).toStrictEqual(bad('native', expect.stringMatching(/^Error: .*database/)));
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('out of order');
      },
    ],
    ['fails', (_sql, done) => done(new Error('out of order'))],
    [
      'rejects',
      async () => {
        throw new Error('out of order');
      },
    ],
  ])('what an object says that %s', async (_name, all) => {
    const db = { ...everybody(), all };
    expect(await usersOf(open(db))).toStrictEqual(bad('object', expect.stringMatching(/out of order/)));
  });

  test('after close', async () => {
    const app = open(await handle(newFile()));
    await app.close();
    expect(await usersOf(app)).toMatchObject({ kind: 'shared', ready: expect.any(Boolean) });
  });
});
