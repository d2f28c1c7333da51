'use strict';

// What the application may pass as `db`: recognised by what it has, so that none of the packages needs to be there, and asked in its
// own way.

const path = require('path');

/** Where two copies of SQLite in one process can be made to exclude each other. */
const LOCKS_EXCLUDE = ['linux', 'win32'];

/**
 * The objects that are known, the first that fits counts. `asking` is how Rust words its questions; `ask` puts one and returns its
 * answer as Rust takes it; `file` is the name of the file that is open, where there is one.
 */
const KINDS = [
  {
    name: 'a Database of the sqlite3 package',
    fits: (db) => has(db, 'all', 'run', 'each', 'configure') && typeof db.filename === 'string',
    asking: 'bound',
    ask: (db, { method, sql, values }) => called(method, (answer) => db[method](sql, values, answer)),
    file: (db) => db.filename,
    sharesLookups: true,
  },
  {
    name: 'a Database of the sqlite package',
    fits: (db) => has(db, 'all', 'run', 'getDatabaseInstance'),
    asking: 'bound',
    ask: async (db, { method, sql, values }) => texts(method, await db[method](sql, values)),
    file: (db) => db.getDatabaseInstance().filename,
  },
  {
    name: 'an object with the methods all and run',
    fits: (db) => has(db, 'all', 'run'),
    asking: 'literal',
    ask: (db, { method, sql }) => called(method, (answer) => db[method](sql, answer)),
  },
  {
    name: 'a Database of better-sqlite3 or node:sqlite',
    fits: (db) => has(db, 'prepare', 'exec'),
    asking: 'bound',
    ask: (db, { method, sql, values }) => texts(method, db.prepare(sql)[method](...values)),
    file: (db) => (has(db, 'location') ? db.location() : db.name),
  },
  {
    name: 'a user store with the methods has and add',
    fits: (db) => has(db, 'has', 'add'),
    asking: 'store',
    ask: async (db, { method, user, profile }) => {
      const done = method === 'has' ? Boolean(await db.has(user)) : (await db.add(user, profile)) !== false;
      return done ? [''] : [];
    },
  },
];

function has(object, ...methods) {
  return methods.every((method) => typeof object[method] === 'function');
}

/** A promise for what a method answers through its callback. What an async method throws comes as its promise. */
function called(method, call) {
  return new Promise((resolve, reject) => {
    // The sqlite3 package tells by the callback's `this` how many rows a statement has changed.
    const returned = call(function answer(error, rows) {
      if (error) return reject(error);
      return resolve(texts(method, method === 'run' ? this : rows));
    });
    if (returned && typeof returned.then === 'function') returned.then(undefined, reject);
  });
}

/**
 * The answer to a statement as Rust takes it: of `all` for each row what it has under `name` (for a row about a column, that is the
 * column's), of `run` one text where it has changed rows, or does not tell.
 */
function texts(method, result) {
  if (method === 'run') return result && result.changes === 0 ? [] : [''];
  return Array.from(result || [], (row) => (row && typeof row.name === 'string' ? row.name : ''));
}

/**
 * Who reads and writes the user table: our own SQLite the `file`, the application's object in the way of `asking`, or both together;
 * and `ask`, which puts a question to the object.
 *
 * @param wish the option `users`
 */
function readDb(db, wish) {
  if (db === null || db === undefined) {
    if (wish) throw new TypeError(`options.users: '${wish}' needs a user table, and db is null`);
    return {};
  }
  const given = readPath(db, 'db');
  if (given !== undefined) {
    if (wish === 'object') throw new TypeError("options.users: 'object' needs a database object as db, not a path");
    return { file: given };
  }
  const kind = ['object', 'function'].includes(typeof db) && KINDS.find(({ fits }) => fits(db));
  if (!kind) {
    const kinds = KINDS.map(({ name }) => name).join(', ');
    throw new TypeError(`db must be a path to a SQLite file, ${kinds}, or null`);
  }
  const file = wish === 'object' ? undefined : openFile(kind, db);
  if (wish === 'native') return { file: nativeFile(file) };
  // What a relative name means may have changed since the handle was opened: then the handle answers everything.
  const shares = kind.sharesLookups && file !== undefined && path.isAbsolute(file);
  return { file: shares ? file : undefined, asking: kind.asking, ask: (question) => kind.ask(db, question) };
}

/** The name of the file that `db` has open; undefined where that is in memory, temporary or not to be known. */
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

/** The path that text or a `file:` URL names; undefined where `value` is neither. */
function readPath(value, name) {
  const isUrl = typeof value === 'object' && value !== null && value.protocol === 'file:';
  const text = isUrl ? value.href : value;
  if (typeof text !== 'string') return undefined;
  if (text === '' || text === ':memory:') throw new TypeError(`${name}: this is no file; give the path of one`);
  return absolute(text.startsWith('file:') ? uriPath(text, name) : text);
}

/** The path in a URI as SQLite reads it: `file:users.db` is relative. Source: SQLite's page on URI filenames. */
function uriPath(uri, name) {
  const [, host = '', encoded, query = ''] = /^file:(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(uri);
  if (host !== '' && host !== 'localhost') throw new TypeError(`${name}: a file: URI cannot name another host`);
  if (query !== '' && query !== 'mode=rw') {
    throw new TypeError(`${name}: of the parameters of file: URIs only mode=rw is supported`);
  }
  let decoded = '';
  try {
    decoded = decodeURIComponent(encoded);
  } catch (_) {
    // Not UTF-8: no path.
  }
  if (decoded === '' || decoded === ':memory:' || decoded.includes('\0'))
    throw new TypeError(`${name}: this file: URI names no file`);
  return process.platform === 'win32' ? decoded.replace(/^\/(?=[A-Za-z]:)/, '') : decoded;
}

/** Not `path.resolve`, which takes `link/..` by the letter, while the system follows the link. */
function absolute(file) {
  return path.isAbsolute(file) ? file : process.cwd() + path.sep + file;
}

module.exports = { readDb, readPath };
