'use strict';

const path = require('node:path');
const { openSqlite, dbAll, dbExec, tempDir } = require('../support');
const { userStore } = require('./user-store');

/** A database that ran `schema`, in a file of the given journal mode; `db` is chosen by `as`. */
const inFile = (journal, as, options) => async (schema) => {
  const file = path.join(tempDir(), 'users.db');
  const handle = await openSqlite(file);
  await dbExec(handle, `PRAGMA journal_mode = ${journal}; ${schema}`);
  return { db: as({ file, handle }), options, ...outside(handle) };
};

const inMemory = (as) => async (schema) => {
  const handle = await openSqlite(':memory:');
  await dbExec(handle, schema);
  return { db: as({ handle }), ...outside(handle) };
};

const outside = (handle) => ({ all: (sql) => dbAll(handle, sql), exec: (sql) => dbExec(handle, sql) });

const asPath = ({ file }) => file;
const asHandle = ({ handle }) => handle;
const asDouble = ({ handle }) => ({
  all: (sql, callback) => handle.all(sql, callback),
  run: (sql, callback) => handle.run(sql, callback),
});

describe.each([
  ['a path, rollback journal', inFile('DELETE', asPath)],
  ['a path, write-ahead log', inFile('WAL', asPath)],
  ['a sqlite3 handle, rollback journal', inFile('DELETE', asHandle)],
  ['a sqlite3 handle, write-ahead log', inFile('WAL', asHandle)],
  ["a sqlite3 handle, rollback journal, users: 'native'", inFile('DELETE', asHandle, { users: 'native' })],
  ["a sqlite3 handle, write-ahead log, users: 'native'", inFile('WAL', asHandle, { users: 'native' })],
  ["a sqlite3 handle, rollback journal, users: 'object'", inFile('DELETE', asHandle, { users: 'object' })],
  ['a sqlite3 handle in memory', inMemory(asHandle)],
  ['an object with two methods', inMemory(asDouble)],
])('the user store: %s', (_name, open) => userStore(open));
