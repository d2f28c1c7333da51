'use strict';

// What the application may pass as `db`, and who reads and writes the user table then: the rule at
// the head of src/users.rs is decided here. An object is recognised by what it has, so that none of
// the packages needs to be installed.

const path = require('path');
const { absolute, readPath } = require('./file-path.js');
const { askBound, askForPromise, askLiteral, askPrepared, askStore } = require('./host.js');

/** The platforms where two copies of SQLite in one process can exclude each other. */
const LOCKS_EXCLUDE = ['linux', 'win32'];

/**
 * The kinds of object; the first that fits counts. `style` tells the addon how to word its
 * requests, `asks` returns a function that puts one to the object and returns the reply, `file`
 * returns the name of the file that the object has open.
 */
const KINDS = [
  {
    name: 'a Database of the sqlite3 package',
    fits: (db) => has(db, 'all', 'run', 'each', 'configure') && typeof db.filename === 'string',
    style: 'bound',
    asks: (db) => askBound(db),
    file: (db) => db.filename,
    sharesLookups: true,
  },
  {
    name: 'a Database of the sqlite package',
    fits: (db) => has(db, 'all', 'run', 'getDatabaseInstance'),
    style: 'bound',
    asks: askForPromise,
    file: (db) => db.getDatabaseInstance().filename,
  },
  {
    name: 'an object with the methods all and run',
    fits: (db) => has(db, 'all', 'run'),
    style: 'literal',
    asks: askLiteral,
  },
  {
    name: 'a Database of better-sqlite3 or node:sqlite',
    fits: (db) => has(db, 'prepare', 'exec'),
    style: 'bound',
    asks: askPrepared,
    file: (db) => (has(db, 'location') ? db.location() : db.name),
  },
  {
    name: 'a user store with the methods has and add',
    fits: (db) => has(db, 'has', 'add'),
    style: 'store',
    asks: askStore,
  },
];

function has(object, ...methods) {
  return methods.every((method) => typeof object[method] === 'function');
}

/**
 * Decides who reads and writes the user table: our own SQLite the `file`, the application's object
 * by `ask` with requests in its `style`, or both: then our SQLite only reads.
 *
 * @param users the option `users`
 */
function readDb(db, users) {
  if (db === null || db === undefined) {
    if (users) throw new TypeError(`options.users: '${users}' needs a user table, and db is null`);
    return {};
  }
  const given = readPath(db, 'db');
  if (given !== undefined) {
    if (users === 'object') throw new TypeError("options.users: 'object' needs a database object as db, not a path");
    return { file: given };
  }
  const kind = ['object', 'function'].includes(typeof db) && KINDS.find(({ fits }) => fits(db));
  if (!kind) {
    const kinds = KINDS.map(({ name }) => name).join(', ');
    throw new TypeError(`db must be a path to a SQLite file, ${kinds}, or null`);
  }
  const file = users === 'object' ? undefined : openFile(kind, db);
  if (users === 'native') return { file: nativeFile(file) };
  // A relative name may mean another file since the handle was opened: then only the handle is
  // asked.
  const shares = kind.sharesLookups && file !== undefined && path.isAbsolute(file);
  return { file: shares ? file : undefined, style: kind.style, ask: kind.asks(db) };
}

/** The file that `db` has open; undefined where it is in memory, temporary or unknown. */
function openFile(kind, db) {
  const name = kind.file?.(db);
  const isFile = typeof name === 'string' && name !== '' && name !== ':memory:' && !name.startsWith('file:');
  return isFile ? name : undefined;
}

function nativeFile(file) {
  if (!LOCKS_EXCLUDE.includes(process.platform)) {
    throw new TypeError(`options.users: 'native' with a database object would destroy the file on ${process.platform}`);
  }
  if (file === undefined) {
    throw new TypeError("options.users: 'native' needs a path, or an open SQLite database in a file, as db");
  }
  return absolute(file);
}

module.exports = { readDb };
