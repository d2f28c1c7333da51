'use strict';

// Tries once to begin writing to a database file, and prints what came of it.

const { dbExec, openSqlite } = require('../support/sqlite');

async function main({ file }) {
  const db = await openSqlite(file);
  db.configure('busyTimeout', 1);
  const outcome = await dbExec(db, 'BEGIN IMMEDIATE').then(
    () => 'locked',
    (error) => error.code,
  );
  console.log(JSON.stringify(outcome));
}

main(JSON.parse(process.argv[2]));
