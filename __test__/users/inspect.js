'use strict';

// Opens a database file with the `sqlite3` package alone and prints what stands in it.

const { openSqlite, dbAll } = require('../support/sqlite');

async function main(file) {
  const db = await openSqlite(file);
  const column = async (sql) => (await dbAll(db, sql)).map((row) => Object.values(row)[0]);
  const report = {
    check: (await column('PRAGMA integrity_check')).join('\n'),
    users: await column('SELECT openId FROM user ORDER BY rowid'),
    ledger: await column('SELECT n FROM ledger ORDER BY n'),
  };
  console.log(JSON.stringify(report));
}

main(process.argv[2]);
