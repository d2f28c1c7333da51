'use strict';

// The ways in which applications give users in SQLite to the factory. Who tests with a file takes
// them from here.

const { pathToFileURL } = require('node:url');
const { DRIVERS } = require('../support');

const JOURNALS = [
  ['rollback journal', 'DELETE'],
  ['write-ahead log', 'WAL'],
];

const GIVEN = {
  path: (file) => file,
  uri: (file) => pathToFileURL(file).href,
  url: (file) => pathToFileURL(file),
  handle: (_file, handle) => handle,
};

/** What stands for the file as `db`; the application has it open as `handle`. */
const give = ({ given }, file, handle) => GIVEN[given](file, handle);

/** By what the file is named; the application's own driver is the one of 1.3.2. */
const NAMED = [
  { name: 'a path', driver: 'sqlite3', given: 'path' },
  { name: 'a file: URI', driver: 'sqlite3', given: 'uri' },
  { name: 'a file: URL', driver: 'sqlite3', given: 'url' },
];

/** By which driver the file is open. */
const opened = (driver) => ({ name: `a handle of ${driver}`, driver, given: 'handle' });

const withUsers = (kind, users) => ({ ...kind, name: `${kind.name}, users: '${users}'`, options: { users } });

/** Handles of these drivers, with the rule and with our own SQLite. */
const handles = (names = DRIVERS) => names.map(opened).flatMap((kind) => [kind, withUsers(kind, 'native')]);

module.exports = { JOURNALS, NAMED, give, handles, opened, withUsers };
