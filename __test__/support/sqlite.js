'use strict';

const { isBuiltin } = require('node:module');
const sqlite3 = require('sqlite3');
const { defer } = require('./cleanup');

const USER_TABLE = `CREATE TABLE user (
  openId TEXT PRIMARY KEY NOT NULL, city TEXT, country TEXT, gender INTEGER, language TEXT, nickName TEXT, province TEXT
)`;

function asked(ask) {
  return new Promise((resolve, reject) => {
    ask((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

const dbRun = (db, sql, params = []) => asked((done) => db.run(sql, params, done));
const dbAll = (db, sql, params = []) => asked((done) => db.all(sql, params, done));
const dbExec = (db, sql) => asked((done) => db.exec(sql, done));
const dbClose = (db) => asked((done) => db.close(done));

/**
 * A Database of the real `sqlite3` package, closed after the test where the test has not done so.
 */
async function openSqlite(path) {
  let db;
  await asked((done) => {
    db = new sqlite3.Database(path, done);
  });
  defer(() =>
    dbClose(db).catch((error) => {
      if (error.code !== 'SQLITE_MISUSE') throw error; // misuse: the test closed it
    }),
  );
  return db;
}

/**
 * The ids of the users in a database that one of `drivers` has opened, in the order of their
 * registration.
 */
const registeredIds = async (own) => (await own.all('SELECT openId FROM user ORDER BY rowid')).map((row) => row.openId);

/** The table that 1.3.2 documents. */
const createUserTable = (db) => dbExec(db, USER_TABLE);

/** How long a driver waits for another's lock where a test does not say, in milliseconds. */
const PATIENCE = 5000;

/**
 * The libraries by which applications open SQLite files, each as `open(file, patience)`: the `db`
 * for the factory, and promises for what the application does itself. Each is loaded when it is
 * used, for not every Node has every one.
 */
const drivers = {
  sqlite3: async (file, patience = PATIENCE) => {
    const db = await openSqlite(file);
    db.configure('busyTimeout', patience);
    return {
      db,
      all: (sql, params) => dbAll(db, sql, params),
      run: (sql, params) => dbRun(db, sql, params),
      exec: (sql) => dbExec(db, sql),
      close: () => dbClose(db),
    };
  },

  sqlite: async (file, patience = PATIENCE) => {
    const db = await require('sqlite').open({ filename: file, driver: sqlite3.Database });
    db.configure('busyTimeout', patience);
    const close = once(() => db.close());
    defer(close);
    return {
      db,
      all: (sql, params) => db.all(sql, params),
      run: (sql, params) => db.run(sql, params),
      exec: (sql) => db.exec(sql),
      close,
    };
  },

  'better-sqlite3': async (file, patience = PATIENCE) => {
    const Database = require(process.env.BETTER_SQLITE3 || 'better-sqlite3');
    return atOnce(new Database(file, { timeout: patience }));
  },

  'node:sqlite': async (file, patience = PATIENCE) => {
    const { DatabaseSync } = require('node:sqlite');
    return atOnce(new DatabaseSync(file, { timeout: patience }));
  },
};

/** The names of the drivers that the running Node has. */
const DRIVERS = Object.keys(drivers).filter((name) => !name.startsWith('node:') || isBuiltin(name));

/** A database whose methods answer at once, seen by promises. */
function atOnce(db) {
  const close = once(async () => db.close());
  defer(close);
  return {
    db,
    all: async (sql, params = []) => db.prepare(sql).all(...params),
    run: async (sql, params = []) => db.prepare(sql).run(...params),
    exec: async (sql) => db.exec(sql),
    close,
  };
}

/** Does it the first time only, and answers the same each time. */
function once(task) {
  let done;
  return () => {
    done ??= task();
    return done;
  };
}

module.exports = {
  openSqlite,
  createUserTable,
  registeredIds,
  dbRun,
  dbAll,
  dbExec,
  dbClose,
  drivers,
  DRIVERS,
  USER_TABLE,
};
