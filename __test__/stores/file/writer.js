'use strict';

const { startNode } = require('../../support');

/** Writes again and again, in transactions that hold the lock for a while, until stdin ends. */
const PROGRAM = `
  const sqlite3 = require('./__test__/node_modules/sqlite3');
  const { file, hold, rest } = JSON.parse(process.argv[process.argv.length - 1]);
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const db = new sqlite3.Database(file);
  db.configure('busyTimeout', 5000);
  const run = (sql) => new Promise((resolve, reject) => db.run(sql, (e) => (e ? reject(e) : resolve())));
  let ends = false;
  process.stdin.resume().on('end', () => { ends = true; });
  (async () => {
    await run('CREATE TABLE IF NOT EXISTS other (n INTEGER)');
    console.log('ready');
    for (let count = 0; ; count += 1) {
      await run('BEGIN IMMEDIATE');
      await run('INSERT INTO other VALUES (1)');
      await pause(hold);
      await run('COMMIT');
      await pause(rest);
      if (ends) return console.log(count);
    }
  })();
`;

/**
 * Another process that writes to the file, holding the lock for `hold` milliseconds and resting for
 * `rest` between. `stop()` resolves with how often it has written.
 */
async function writerElsewhere(file, { hold, rest }) {
  const { child, line, exit } = startNode(PROGRAM, { args: [JSON.stringify({ file, hold, rest })], timeout: 60000 });
  await line('ready');
  return {
    async stop() {
      child.stdin.end();
      const { stdout } = await exit;
      return Number(stdout.trim().split('\n').pop());
    },
  };
}

module.exports = { writerElsewhere };
