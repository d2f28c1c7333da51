'use strict';

// An application that runs `BEGIN; SELECT; INSERT; COMMIT` on its handle as fast as it can, with
// sqlite3's own busy timeout, while users log in by the same handle. Prints the errors of its
// statements and what was done.

const { createApp, dbExec, login, openSqlite, refresh, startFakeWeChat } = require('../support');

const LANES = 3;
const KNOWN = 'known';

const inOneExec = (db, n) =>
  dbExec(db, `BEGIN; SELECT max(n) FROM ledger; INSERT INTO ledger (n) VALUES (${n}); COMMIT`);

/**
 * The same, each statement by itself; `serialize` keeps their order. Rejects with the first error.
 */
function stepByStep(db, n) {
  return new Promise((resolve, reject) => {
    let failed = null;
    const note = (error) => {
      failed = failed || error;
    };
    db.serialize(() => {
      db.run('BEGIN', note);
      db.all('SELECT max(n) FROM ledger', note);
      db.run('INSERT INTO ledger (n) VALUES (?)', n, note);
      db.run('COMMIT', (error) => {
        note(error);
        if (failed) reject(failed);
        else resolve();
      });
    });
  });
}

async function main({ file, way, rounds, synchronous }) {
  const wechat = await startFakeWeChat();
  const handle = await openSqlite(file);
  await dbExec(handle, `PRAGMA synchronous = ${synchronous}`);
  const round = way === 'exec' ? inOneExec : stepByStep;
  const app = createApp({ wechat, db: handle });
  const done = { rounds: 0, errors: [], users: [], seen: 0 };
  let over = false;

  async function application() {
    for (let n = 1; n <= rounds; n += 1) {
      try {
        await round(handle, n);
        done.rounds += 1;
      } catch (error) {
        done.errors.push(`round ${n}: ${error.message}`);
        await dbExec(handle, 'ROLLBACK').catch(() => {}); // there may be nothing to roll back
      }
    }
    over = true;
  }

  // New and known users in turn: an insert through the handle, and a lookup beside it (a refresh
  // asks for the user each time).
  async function registrar(lane) {
    for (let i = 0; !over; i += 1) {
      await login(app, wechat, `lane${lane}-${i}`);
      done.users.push(`lane${lane}-${i}`);
      await refresh(app, KNOWN);
      done.seen += 1;
    }
  }

  await Promise.all([application(), ...Array.from({ length: LANES }, (_, lane) => registrar(lane))]);
  await wechat.close();
  console.log(JSON.stringify(done));
}

main(JSON.parse(process.argv[2]));
