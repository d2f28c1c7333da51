'use strict';

// What the factory is called with, checked, as the addon takes it.

const path = require('path');

/** Seconds; 1.3.2's. */
const DEFAULT_TTL = 259200;

/** Of a request to WeChat, in milliseconds: what 32 bits hold. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** @throws TypeError that names what cannot work. */
function readConfig(appId, secret, sku, db, redisPass, ttl, options) {
  const { tokens, wechat, users, createTable = false } = checked(options, OPTIONS, 'options');
  const { endpoint, timeout } = checked(wechat, WECHAT_OPTIONS, 'options.wechat');
  return {
    appId: optionalText(appId),
    secret: optionalText(secret),
    sku: String(sku),
    password: optionalText(redisPass),
    ttl: readTtl(ttl),
    tokens,
    endpoint,
    timeout,
    createTable,
    ...readDb(db, users),
  };
}

function isMissing(value) {
  return value === null || value === undefined;
}

/** Text, or undefined where there is none: 1.3.2 took an empty redis password as none. */
function optionalText(value) {
  return isMissing(value) || value === '' ? undefined : String(value);
}

function readTtl(ttl) {
  if (isMissing(ttl)) return DEFAULT_TTL;
  const seconds = typeof ttl === 'number' || (typeof ttl === 'string' && /^\s*\d+\s*$/.test(ttl)) ? Number(ttl) : NaN;
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new TypeError('ttl must be a positive whole number of seconds, or its text');
}

const OPTIONS = {
  tokens: ['a string', (value) => typeof value === 'string'],
  wechat: ['an object', (value) => typeof value === 'object' && !Array.isArray(value)],
  users: ["'native' or 'object'", (value) => value === 'native' || value === 'object'],
  createTable: ['a boolean', (value) => typeof value === 'boolean'],
};

const WECHAT_OPTIONS = {
  endpoint: ['a string', (value) => typeof value === 'string'],
  timeout: ['a positive whole number of milliseconds', (ms) => Number.isInteger(ms) && ms > 0 && ms <= MAX_TIMEOUT],
};

/** The options that are set. Null counts as not set. */
function checked(options, known, name) {
  if (isMissing(options)) return {};
  if (typeof options !== 'object' || Array.isArray(options)) throw new TypeError(`${name} must be an object`);
  const set = Object.entries(options).filter(([, value]) => !isMissing(value));
  for (const [key, value] of set) {
    if (!Object.hasOwn(known, key)) throw new TypeError(`${name}.${key} is not an option`);
    const [kind, fits] = known[key];
    if (!fits(value)) throw new TypeError(`${name}.${key} must be ${kind}`);
  }
  return Object.fromEntries(set);
}

/** Who reads and writes the user table: our own SQLite the `file`, the application's `object`, or both together. */
function readDb(db, wish) {
  const nobody = { file: undefined, object: false, binds: false };
  if (isMissing(db)) return nobody;
  if (typeof db === 'string' && db !== '' && db !== ':memory:') {
    if (wish === 'object') throw new TypeError("options.users: 'object' needs a database object as db, not a path");
    return { ...nobody, file: path.resolve(db) };
  }
  if (typeof db !== 'object' || typeof db.all !== 'function' || typeof db.run !== 'function') {
    throw new TypeError(
      'db must be a path to a SQLite file, a Database of the sqlite3 package, an object with the methods all and run, or null',
    );
  }
  const isSqlite3 =
    typeof db.filename === 'string' && typeof db.each === 'function' && typeof db.configure === 'function';
  const isFile = isSqlite3 && db.filename !== '' && db.filename !== ':memory:' && !db.filename.startsWith('file:');
  if (wish === 'native') {
    if (isFile) return { ...nobody, file: path.resolve(db.filename) };
    throw new TypeError("options.users: 'native' needs a path, or a Database of the sqlite3 package on a file, as db");
  }
  const file = isFile && wish !== 'object' ? path.resolve(db.filename) : undefined;
  return { file, object: true, binds: isSqlite3 };
}

module.exports = { readConfig, isMissing };
