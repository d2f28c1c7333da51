'use strict';

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

/** A Database of the real `sqlite3` package, closed after the test where the test has not done so. */
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

/** The table that 1.3.2 documents. */
const createUserTable = (db) => dbExec(db, USER_TABLE);

module.exports = { openSqlite, createUserTable, dbRun, dbAll, dbExec, dbClose, USER_TABLE };
