'use strict';

// What calls say where the system has no open-file-description locks. Prints one line of JSON.

const fs = require('node:fs');
const path = require('node:path');
const { createApp, drivers, tempDir, told, USER_TABLE } = require('../support');

const folder = tempDir();

/** A database file with the user table, made by the application. */
async function made(name, journal) {
  const file = path.join(folder, name);
  const own = await drivers.sqlite3(file);
  await own.exec(`PRAGMA journal_mode = ${journal}; ${USER_TABLE}; INSERT INTO user (openId) VALUES ('o1')`);
  return { file, ...own };
}

async function asked(app) {
  const calls = [() => app.sessions.issue('o1'), () => app.sessions.issue('o2'), () => app.refreshToken('o1')];
  const said = [];
  for (const call of calls) {
    said.push(
      await call().then(
        () => 'answered',
        (error) => ({ code: error.code, message: told(error) }),
      ),
    );
  }
  return said;
}

async function main() {
  const [rollback, wal] = [await made('rollback.db', 'DELETE'), await made('wal.db', 'WAL')];
  const found = {
    'a path': await asked(createApp({ db: rollback.file })),
    'a path, write-ahead log': await asked(createApp({ db: wal.file })),
    'a path that is made': await asked(createApp({ db: path.join(folder, 'new.db'), options: { createTable: true } })),
    "users: 'native'": await asked(createApp({ db: rollback.db, options: { users: 'native' } })),
    'a handle': await asked(createApp({ db: rollback.db })),
    'a handle, write-ahead log': await asked(createApp({ db: wal.db })),
    'a file of tokens': await asked(createApp({ db: new Set(), tokens: { file: path.join(folder, 'tokens.db') } })),
  };
  const { tokens } = await createApp({ db: null, tokens: { file: path.join(folder, 'tokens.db') } }).health();
  found.health = tokens.error;
  fs.rmSync(folder, { recursive: true });
  console.log(JSON.stringify(found));
  process.exit();
}

main();
