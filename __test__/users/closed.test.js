'use strict';

// The user table after `close`: it is asked, by a connection for that call alone, and never made.

const fs = require('node:fs');
const path = require('node:path');
const { createApp, dbExec, drivers, openSqlite, rejection, tempDir } = require('../support');
const { JOURNALS } = require('./kinds');
const { copyOf, descriptors, inspect, userFile } = require('./support');

const UNKNOWN = { code: 6010, message: 'Cannot find such user in DB' };
const CLOSED = { code: 6000, message: 'Error: mpauthx was closed' };

const onLinux = process.platform === 'linux' ? test : test.skip;

/** An object on a file that it has made, with the user o1, closed. */
async function closed() {
  const file = path.join(tempDir(), 'users.db');
  const app = createApp({ db: file, options: { createTable: true } });
  await app.sessions.issue('o1');
  await app.close();
  return { file, app };
}

const everyCall = (app) => [
  app.refreshToken('o1'),
  app.refreshToken('o2'),
  app.sessions.issue('o3'),
  app.login('a code'),
  app.health(),
];

test('an unknown user is 6010, and a known one 6000', async () => {
  const { app } = await closed();
  for (let i = 0; i < 3; i += 1) {
    expect(await rejection(app.refreshToken('o2'))).toMatchObject(UNKNOWN);
    expect(await rejection(app.refreshToken('o1'))).toMatchObject(CLOSED);
    expect((await app.health()).users).toEqual({ kind: 'native', ready: true });
  }
});

test('a file that is deleted is not made again', async () => {
  const { file, app } = await closed();
  fs.rmSync(file);
  for (let i = 0; i < 3; i += 1) {
    await Promise.allSettled(everyCall(app));
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
  }
  expect(await rejection(app.refreshToken('o1'))).toMatchObject({
    code: 6000,
    message: expect.stringMatching(/the database file does not exist/),
  });
  expect((await app.health()).users).toMatchObject({ ready: false });
});

test('a file that never was is not made', async () => {
  const file = path.join(tempDir(), 'users.db');
  const app = createApp({ db: file, options: { createTable: true } });
  await app.close();
  fs.rmSync(file, { force: true }); // the object made it at once
  await Promise.allSettled(everyCall(app));
  expect(fs.readdirSync(path.dirname(file))).toEqual([]);
});

test('a table that is gone is not made again, neither in a file nor by a handle', async () => {
  const file = await userFile({ users: ['o1'] });
  const handle = await openSqlite(file);
  const memory = await openSqlite(':memory:');
  const apps = [file, handle, memory].map((db) => createApp({ db, options: { createTable: true } }));
  for (const app of apps) await rejection(app.refreshToken('nobody'));
  const late = createApp({ db: await openSqlite(':memory:'), options: { createTable: true } });
  await Promise.all([...apps, late].map((app) => app.close()));
  await dbExec(handle, 'DROP TABLE user');
  await dbExec(memory, 'DROP TABLE user');
  for (const app of apps) {
    await Promise.allSettled(everyCall(app));
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({
      code: 6000,
      message: expect.stringMatching(/no such table: user/),
    });
  }
});

describe.each(JOURNALS)('%s', (_name, journal) => {
  onLinux('after each call the file is let go, whole', async () => {
    const file = await userFile({ journal, users: ['o1'] });
    const app = createApp({ db: file });
    await app.sessions.issue('o2');
    await app.close();
    const before = descriptors(file).length;
    for (let i = 0; i < 50; i += 1) {
      await Promise.allSettled(everyCall(app));
      expect(fs.readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
    }
    expect((await inspect(copyOf(file))).users).toEqual(['o1', 'o2']);
    expect(descriptors(file).length).toBe(before);
  });

  test('the application can change the journal, and replace the file', async () => {
    const file = await userFile({ journal, users: ['o1'] });
    const app = createApp({ db: file });
    await app.sessions.issue('o2');
    await app.close();
    await rejection(app.refreshToken('o2'));
    const own = await drivers['better-sqlite3'](file, 0);
    for (const other of ['WAL', 'DELETE', 'WAL', 'DELETE']) {
      expect(own.db.pragma(`journal_mode = ${other}`, { simple: true })).toBe(other.toLowerCase());
      expect(await rejection(app.refreshToken('nobody'))).toMatchObject(UNKNOWN);
    }
    await own.close();
    fs.renameSync(await userFile({ journal, users: ['new'] }), file);
    expect(await rejection(app.refreshToken('o1'))).toMatchObject(UNKNOWN);
    expect(await rejection(app.refreshToken('new'))).toMatchObject(CLOSED);
  });
});

test('a table that could not be made is not made by a call after close', async () => {
  const asked = [];
  const db = {
    all: (_sql, callback) => setImmediate(callback, null, []),
    run: (sql, callback) => {
      asked.push(sql);
      setImmediate(callback, new Error('not now'));
    },
  };
  const app = createApp({ db, options: { createTable: true } });
  expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6000, message: 'Error: not now' });
  await app.close();
  asked.length = 0;
  expect(await rejection(app.refreshToken('o1'))).toMatchObject(UNKNOWN);
  expect((await app.health()).users).toMatchObject({ ready: true });
  expect(asked).toEqual([]);
});
