'use strict';

const { userTable } = require('./table');
const { userView } = require('./view');
const { inFile, inFiles, inMemory } = require('./databases');
const { NAMED, opened, withUsers } = require('./kinds');

const [PATH] = NAMED;

const asDouble = (handle) => ({
  all: (sql, callback) => handle.all(sql, callback),
  run: (sql, callback) => handle.run(sql, callback),
});

// The other ways have a file of their own among the heavy tests.
describe.each([
  ...inFiles([PATH, opened('sqlite3')]),
  ['a handle of better-sqlite3', inFile('DELETE', opened('better-sqlite3'))],
  ["a handle of better-sqlite3, users: 'native'", inFile('WAL', withUsers(opened('better-sqlite3'), 'native'))],
  ['a handle of sqlite3 in memory', inMemory('sqlite3')],
  ['a handle of sqlite in memory', inMemory('sqlite')],
  ['a handle of better-sqlite3 in memory', inMemory('better-sqlite3')],
  ['an object with two methods', inMemory('sqlite3', asDouble), { learns: true }],
])('the user store: %s', (_name, open, view) => {
  userTable(open);
  userView(open, view);
});
