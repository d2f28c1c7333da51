'use strict';

// Holds an exclusive lock on a database file until its stdin ends.

const { once } = require('node:events');
const { openSqlite, dbExec } = require('../support/sqlite');

async function main(file) {
  const db = await openSqlite(file);
  await dbExec(db, 'BEGIN EXCLUSIVE; INSERT INTO ledger (n) VALUES (1)');
  console.log('locked');
  await once(process.stdin.resume(), 'end');
  await dbExec(db, 'COMMIT');
}

main(process.argv[2]);
