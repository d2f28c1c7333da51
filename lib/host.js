'use strict';

// The application's side of host calls: how the addon's requests reach the application's database,
// user store and exchange function. A reply is a list of texts.

const { replyJson } = require('./exchange-reply.js');
const { isText } = require('./options.js');
const { resolvedReply } = require('./resolved-user.js');
const { DatabaseMethods, RETURN, isThenable, replyOf } = require('./database-methods.js');

/**
 * A function that takes a request of the addon and returns the reply or a promise for it;
 * undefined where the application has nothing that may be asked.
 */
function createHost({ exchange, accessToken, resolveUser, ask }) {
  if (!exchange && !accessToken && !resolveUser && !ask) return undefined;
  return (request) => {
    if (request.method === 'exchange') return exchangeCode(exchange, request.code);
    if (request.method === 'accessToken') return giveAccessToken(accessToken, request.invalid);
    return request.method === 'resolve' ? resolveIdentity(resolveUser, request) : ask(request);
  };
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

/** Replies with the access token that the application's own function gives. */
async function giveAccessToken(accessToken, invalid) {
  const token = await accessToken(invalid === undefined ? {} : { invalid });
  if (isText(token) && /^[!-~]{1,2048}$/.test(token)) return [token];
  throw new TypeError('options.wechat.accessToken must return the access token as text');
}

/** Replies with whom the application's `resolveUser` has found or made for WeChat's identity. */
async function resolveIdentity(resolveUser, { appId, openId, unionId }) {
  const identity = { appId, openId, unionId };
  for (const name of ['appId', 'unionId']) if (identity[name] === undefined) delete identity[name];
  return resolvedReply(await resolveUser(identity));
}

// Each kind of database takes a request in its own way.

/** A function that puts requests to `db`: to its methods `all` and `run`, with bound values. */
function askBound(db, way) {
  const methods = new DatabaseMethods(db, ({ sql, values }) => [sql, values], way);
  return (request) => methods.ask(request);
}

/** The same, as 1.3.2 asked: the statement holds its values. */
function askLiteral(db) {
  const methods = new DatabaseMethods(db, ({ sql }) => [sql]);
  return (request) => methods.ask(request);
}

function askForPromise(db) {
  return askBound(db, RETURN);
}

/** The same, by prepared statements. A driver whose thread works elsewhere returns promises. */
function askPrepared(db) {
  return async ({ method, sql, values }) => {
    const prepared = db.prepare(sql);
    const statement = isThenable(prepared) ? await prepared : prepared;
    return replyOf(method, await statement[method](...values));
  };
}

function askStore(db) {
  return async ({ method, user }) => {
    if (method === 'remove' && typeof db.remove !== 'function') return [];
    const answer = await db[method](user);
    const done = method === 'has' ? Boolean(answer) : answer !== false;
    return done ? [''] : [];
  };
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

module.exports = { askBound, askForPromise, askLiteral, askPrepared, askStore, causeOf, createHost };
