'use strict';

// Both sides of the tests of two libraries: an application's own writing, and logins.

const crypto = require('node:crypto');
const { drivers, login, refresh } = require('../support');

const PATIENCE = 30000; // a writer that waits its turn is not what is looked for

/** Stands in the table from the first, and has his tokens replaced from everywhere. */
const SHARED = 'shared';

/** A handle of the application's own that waits its turn. */
const patient = (driver, file) => drivers[driver](file, PATIENCE);

/**
 * Writes rows of the application's own, numbered from `first` on; `written` are those that it was
 * told are done.
 */
function writer(first) {
  const written = [];
  let next = first;
  const take = () => {
    next += 1;
    return next - 1;
  };

  // Rows of very different sizes, so that pages are split, overflow and are freed again.
  async function write(own) {
    const n = take();
    await own.run('INSERT INTO ledger VALUES (?, ?)', [n, crypto.randomBytes(crypto.randomInt(1, 9000))]);
    written.push(n);
  }

  async function writeMany(own) {
    const rows = [take(), take(), take()];
    const inserts = rows.map((n) => `INSERT INTO ledger VALUES (${n}, randomblob(${crypto.randomInt(1, 3000)}))`);
    await own.exec(`BEGIN IMMEDIATE; ${inserts.join('; ')}; COMMIT`);
    written.push(...rows);
  }

  const shrink = (own) => own.run("UPDATE ledger SET body = 'small' WHERE n % 7 = 3");

  async function writeUntil(isOver, own) {
    for (let round = 1; !isOver(); round += 1) {
      await write(own);
      if (round % 5 === 0) await writeMany(own);
      if (round % 40 === 0) await shrink(own);
      await new Promise(setImmediate); // a driver that answers at once would leave nobody else a turn
    }
  }

  return { written, write, writeUntil };
}

/**
 * Makes a call again that has waited in vain: where all write as fast as they can, somebody's turn
 * may not come in time.
 */
async function insist(call) {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error.code !== 6000 || !/database is locked/.test(error.message)) throw error;
    }
  }
}

/** Registers users, each with a token; `tokens` are those that were handed out last, by user. */
function registrar(app, wechat) {
  const tokens = {};

  async function registerUntil(isOver, lane) {
    for (let i = 0; !isOver(); i += 1) {
      const user = `${lane}-${i}`;
      tokens[user] = await insist(() => login(app, wechat, user));
      if (i % 3 === 0) tokens[user] = await insist(() => refresh(app, user));
      if (i % 3 === 1) await insist(() => refresh(app, SHARED));
    }
  }

  return { tokens, registerUntil };
}

module.exports = { SHARED, patient, registrar, writer };
