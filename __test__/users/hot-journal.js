'use strict';

// Writes half a transaction into a database file and dies, so that its journal is hot.

const { openSqlite, dbExec } = require('../support/sqlite');

async function main(file) {
  const db = await openSqlite(file);
  await dbExec(db, 'PRAGMA cache_size = 1; BEGIN; DELETE FROM user');
  for (let n = 1; n <= 100; n += 1) await dbExec(db, `INSERT INTO ledger VALUES (${n}, randomblob(5000))`);
  process.kill(process.pid, 'SIGKILL');
}

main(process.argv[2]);
