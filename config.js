'use strict';

// What the factory is called with, checked, as the addon takes it.

const path = require('path');

/** Seconds; 1.3.2's. */
const DEFAULT_TTL = 259200;

/** The longest time limit, in milliseconds: what 31 bits hold. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** @throws TypeError that names what cannot work. */
function readConfig(...given) {
  try {
    return read(...given);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    throw new TypeError('an argument of mpauthx cannot be read: it throws when it is looked at');
  }
}

function read(appId, secret, sku, db, redisPass, ttl, options) {
  const { tokens, wechat, users, createTable = false } = checked(options, OPTIONS, 'options');
  const { endpoint, timeout } = checked(wechat, WECHAT_OPTIONS, 'options.wechat');
  return {
    appId: optionalText(appId, 'appId'),
    secret: optionalText(secret, 'secret'),
    sku: text(sku, 'sku'),
    password: optionalText(redisPass, 'redisPass'),
    ttl: readTtl(ttl),
    tokens: readTokens(tokens),
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
function optionalText(value, name) {
  return isMissing(value) || value === '' ? undefined : text(value, name);
}

function text(value, name) {
  try {
    return String(value);
  } catch (_) {
    throw new TypeError(`${name} cannot become text`);
  }
}

function readTtl(ttl) {
  if (isMissing(ttl)) return DEFAULT_TTL;
  const seconds = typeof ttl === 'number' || (typeof ttl === 'string' && /^\s*\d+\s*$/.test(ttl)) ? Number(ttl) : NaN;
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new TypeError('ttl must be a positive whole number of seconds, or its text');
}

const MILLISECONDS = [
  'a positive whole number of milliseconds',
  (ms) => Number.isInteger(ms) && ms > 0 && ms <= MAX_TIMEOUT,
];

const OPTIONS = {
  tokens: ["'memory', a URL of redis or an object", (value) => isText(value) || isPlain(value)],
  wechat: ['an object', isPlain],
  users: ["'native' or 'object'", (value) => value === 'native' || value === 'object'],
  createTable: ['a boolean', (value) => typeof value === 'boolean'],
};

const WECHAT_OPTIONS = {
  endpoint: ['a string', isText],
  timeout: MILLISECONDS,
};

const TOKENS_OPTIONS = {
  url: ['a string', isText],
  cluster: ['a list of URLs', isTextList],
  sentinels: ['a list of URLs', isTextList],
  master: ['a string', isText],
  tls: ['an object', isPlain],
  layout: ["'compatible' or 'tagged'", (value) => value === 'compatible' || value === 'tagged'],
  connectTimeout: MILLISECONDS,
  deadline: MILLISECONDS,
};

const PEM = ['a PEM text or its bytes', (value) => isText(value) || ArrayBuffer.isView(value)];

const TLS_OPTIONS = { ca: PEM, cert: PEM, key: PEM };

/** The token store, as the addon takes it: 'memory', or a redis at exactly one kind of place. */
function readTokens(tokens) {
  if (tokens === 'memory') return { memory: true, tagged: false };
  const options = isText(tokens) ? { url: tokens } : checked(tokens, TOKENS_OPTIONS, 'options.tokens');
  const { url, cluster, sentinels, master, layout, tls, connectTimeout, deadline } = options;
  const places = ['url', 'cluster', 'sentinels'].filter((place) => options[place] !== undefined);
  if (places.length > 1) throw new TypeError(`options.tokens: ${places.join(' and ')} exclude each other`);
  if (Boolean(sentinels) !== Boolean(master)) {
    throw new TypeError('options.tokens: sentinels and master go together');
  }
  if (cluster && layout === 'compatible') {
    throw new TypeError("options.tokens.layout: a Cluster needs 'tagged', which is its default");
  }
  const { ca, cert, key } = checked(tls, TLS_OPTIONS, 'options.tokens.tls');
  return {
    memory: false,
    url,
    cluster,
    sentinels,
    master,
    ca: pem(ca),
    cert: pem(cert),
    key: pem(key),
    tagged: layout === 'tagged',
    connectTimeout,
    deadline,
  };
}

function pem(value) {
  if (value === undefined || isText(value)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
}

function isText(value) {
  return typeof value === 'string';
}

function isTextList(value) {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

function isPlain(value) {
  return typeof value === 'object' && !Array.isArray(value);
}

/** The options that are set. Null counts as not set. */
function checked(options, known, name) {
  if (isMissing(options)) return {};
  if (typeof options !== 'object' || Array.isArray(options)) throw new TypeError(`${name} must be an object`);
  const set = Object.entries(options).filter(([, value]) => !isMissing(value));
  for (const [key, value] of set) {
    if (!Object.keys(known).includes(key)) throw new TypeError(`${name}.${key} is not an option`);
    const [kind, fits] = known[key];
    if (!fits(value)) throw new TypeError(`${name}.${key} must be ${kind}`);
  }
  return Object.fromEntries(set);
}

/** Where two copies of SQLite in one process can be made to exclude each other. */
const LOCKS_EXCLUDE = ['linux', 'win32'];

/** Not `path.resolve`, which takes `link/..` by the letter, while the system follows the link. */
function absolute(file) {
  return path.isAbsolute(file) ? file : process.cwd() + path.sep + file;
}

/** Who reads and writes the user table: our own SQLite the `file`, the application's `object`, or both together. */
function readDb(db, wish) {
  const nobody = { file: undefined, object: false, binds: false };
  if (isMissing(db)) return nobody;
  if (typeof db === 'string' && db !== '' && db !== ':memory:') {
    if (wish === 'object') throw new TypeError("options.users: 'object' needs a database object as db, not a path");
    return { ...nobody, file: absolute(db) };
  }
  if (!['object', 'function'].includes(typeof db) || typeof db.all !== 'function' || typeof db.run !== 'function') {
    throw new TypeError(
      'db must be a path to a SQLite file, a Database of the sqlite3 package, an object with the methods all and run, or null',
    );
  }
  const isSqlite3 =
    typeof db.filename === 'string' && typeof db.each === 'function' && typeof db.configure === 'function';
  const isFile = isSqlite3 && db.filename !== '' && db.filename !== ':memory:' && !db.filename.startsWith('file:');
  if (wish === 'native') {
    if (!LOCKS_EXCLUDE.includes(process.platform)) {
      throw new TypeError(
        `options.users: 'native' with a database object would destroy the file on ${process.platform}`,
      );
    }
    if (isFile) return { ...nobody, file: absolute(db.filename) };
    throw new TypeError("options.users: 'native' needs a path, or a Database of the sqlite3 package on a file, as db");
  }
  // What a relative name means may have changed since the handle was opened: then the handle answers everything.
  const shares = isFile && wish !== 'object' && path.isAbsolute(db.filename);
  return { file: shares ? db.filename : undefined, object: true, binds: isSqlite3 };
}

module.exports = { readConfig, isMissing };
