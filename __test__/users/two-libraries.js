'use strict';

// An application in one process with the library: it writes its own table through its sqlite3 handle and opens and closes
// others, from the first moment on, while logins register users in the same file. Prints what each side was told is done.

const crypto = require('node:crypto');
const { createApp, dbAll, dbClose, dbExec, dbRun, openSqlite, startFakeWeChat } = require('../support');
const { login } = require('../conformance/support');

const PATIENCE = 30000; // a writer that waits its turn is not what is looked for
const LANES = 3;
const ENOUGH = 20; // of each: less would be no trial, however slow the machine

async function main({ file, db, options, seconds }) {
  const wechat = await startFakeWeChat();
  const handle = await patient(file);
  const end = Date.now() + seconds * 1000;
  const done = { written: [], opened: 0, users: [] };
  const isOver = () =>
    Date.now() > end && [done.written.length, done.opened, done.users.length].every((count) => count >= ENOUGH);
  let next = 0;
  const take = () => {
    next += 1;
    return next;
  };

  // Rows of very different sizes, so that pages are split, overflow and are freed again.
  async function write(connection) {
    const n = take();
    const body = crypto.randomBytes(crypto.randomInt(1, 9000));
    await dbRun(connection, 'INSERT INTO ledger VALUES (?, ?)', [n, body]);
    done.written.push(n);
  }

  async function writeMany(connection) {
    const rows = [take(), take(), take()];
    const inserts = rows.map((n) => `INSERT INTO ledger VALUES (${n}, randomblob(${crypto.randomInt(1, 3000)}))`);
    await dbExec(connection, `BEGIN IMMEDIATE; ${inserts.join('; ')}; COMMIT`);
    done.written.push(...rows);
  }

  async function shrink(connection) {
    await dbRun(connection, "UPDATE ledger SET body = 'small' WHERE n % 7 = 3");
  }

  async function application() {
    for (let round = 1; !isOver(); round += 1) {
      await write(handle);
      if (round % 5 === 0) await writeMany(handle);
      if (round % 40 === 0) await shrink(handle);
    }
  }

  async function opener() {
    while (!isOver()) {
      const other = await patient(file);
      await dbAll(other, 'SELECT count(*) FROM user');
      if (done.opened % 3 === 0) await write(other);
      await dbClose(other);
      done.opened += 1;
    }
  }

  async function registrar(lane, app) {
    for (let i = 0; !isOver(); i += 1) {
      const user = `lane${lane}-${i}`;
      await login(app, wechat, user);
      done.users.push(user);
    }
  }

  const own = [application(), opener(), opener()];
  const app = createApp({ wechat, db: db === 'path' ? file : handle, options });
  await Promise.all([...own, ...Array.from({ length: LANES }, (_, lane) => registrar(lane, app))]);
  await app.close();
  await wechat.close();
  console.log(JSON.stringify(done));
}

async function patient(file) {
  const db = await openSqlite(file);
  db.configure('busyTimeout', PATIENCE);
  return db;
}

main(JSON.parse(process.argv[2]));
