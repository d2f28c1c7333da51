'use strict';

// The application's side of host calls: how the addon's requests reach the application's database,
// user store and exchange function. A reply is a list of texts.

const { replyJson } = require('./exchange-reply.js');

/** A function that takes a request of the addon and returns the reply or a promise for it. */
function createHost(exchange, askDatabase) {
  return (request) => (request.method === 'exchange' ? exchangeCode(exchange, request.code) : askDatabase(request));
}

/**
 * Replies with what the application's own exchange returns, as WeChat would: an error with WeChat's
 * errcode is a refusal.
 */
async function exchangeCode(exchange, code) {
  try {
    return [replyJson(await exchange(code))];
  } catch (error) {
    if (error instanceof Object && Number.isInteger(error.errcode)) {
      return [JSON.stringify({ errcode: error.errcode, errmsg: error.errmsg })];
    }
    throw error;
  }
}

// Each kind of database takes a request in its own way.

function askWithCallback(db, { method, sql, values }) {
  return called(method, (callback) => db[method](sql, values, callback));
}

/** As 1.3.2 asked: the statement holds its values. */
function askWithLiterals(db, { method, sql }) {
  return called(method, (callback) => db[method](sql, callback));
}

async function askForPromise(db, { method, sql, values }) {
  return replyOf(method, await db[method](sql, values));
}

function askSynchronously(db, { method, sql, values }) {
  return replyOf(method, db.prepare(sql)[method](...values));
}

async function askStore(db, { method, user }) {
  const done = method === 'has' ? Boolean(await db.has(user)) : (await db.add(user)) !== false;
  return done ? [''] : [];
}

/** A promise for what a method gives its callback. An async method throws by rejecting. */
function called(method, call) {
  return new Promise((resolve, reject) => {
    // The sqlite3 package tells by the callback's `this` how many rows a statement has changed.
    const returned = call(function callback(error, rows) {
      if (error) return reject(error);
      return resolve(replyOf(method, method === 'run' ? this : rows));
    });
    if (returned && typeof returned.then === 'function') returned.then(undefined, reject);
  });
}

/**
 * The reply to a statement. `all` replies with what each row has under `name` (for a row about a
 * column, the column's name), `run` with one text where it has changed rows or does not tell.
 */
function replyOf(method, result) {
  if (method === 'run') return result && result.changes === 0 ? [] : [''];
  return Array.from(result || [], (row) => (row && typeof row.name === 'string' ? row.name : ''));
}

/** The cause of a failed host call, in words. */
function causeOf(error) {
  try {
    if (!(error instanceof Object && 'message' in error)) return `${error}`;
    // An AggregateError has no message of its own.
    const [first] = error.errors || [];
    return `${error.message || first?.message || error.code || 'it failed without a message'}`;
  } catch (_) {
    return 'it failed with something that cannot become text';
  }
}

module.exports = {
  askForPromise,
  askStore,
  askSynchronously,
  askWithCallback,
  askWithLiterals,
  causeOf,
  createHost,
};
