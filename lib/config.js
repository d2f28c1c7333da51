'use strict';

// What the factory is called with, checked, as the addon takes it.

const { readDb, readPath } = require('./database.js');

/** Seconds; 1.3.2's. */
const DEFAULT_TTL = 259200;

/** The longest time limit, in milliseconds: what 31 bits hold. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** `config` for the addon, and `ask`, which puts a question to the application's object. @throws TypeError that names what cannot work. */
function readConfig(...given) {
  try {
    return read(...given);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    throw new TypeError('an argument of mpauthx cannot be read: it throws when it is looked at');
  }
}

function read(appId, secret, sku, db, redisPass, ttl, options) {
  const given = checked(options, OPTIONS, 'options');
  const { tokens, users, sessionKeys = false, createTable = false, profile = false } = given;
  const { exchange, ...wechat } = checked(given.wechat, WECHAT_OPTIONS, 'options.wechat');
  const { file, asking, ask } = readDb(db, users);
  const config = {
    appId: optionalText(appId, 'appId'),
    secret: optionalText(secret, 'secret'),
    sku: text(sku, 'sku'),
    password: optionalText(redisPass, 'redisPass'),
    ttl: readTtl(ttl),
    tokens: readTokens(tokens),
    sessions: readSessions(given.sessions),
    cache: readCache(given.cache),
    wechat: { ...wechat, exchange: exchange !== undefined },
    sessionKeys,
    createTable,
    profile,
    file,
    object: asking,
  };
  if (sessionKeys && config.secret === undefined) throw new TypeError('options.sessionKeys needs the app secret');
  return {
    config,
    ask: (question) => (question.method === 'exchange' ? exchanged(exchange, question.code) : ask(question)),
  };
}

/** What the application's own exchange says, as WeChat would: an error with WeChat's errcode is a refusal. */
async function exchanged(exchange, code) {
  try {
    const json = JSON.stringify(await exchange(code));
    if (typeof json !== 'string') throw new TypeError('options.wechat.exchange gave nothing');
    return [json];
  } catch (error) {
    if (error instanceof Object && Number.isInteger(error.errcode)) {
      return [JSON.stringify({ errcode: error.errcode, errmsg: error.errmsg })];
    }
    throw error;
  }
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

/** Room for a few gigabytes. */
const MAX_CACHED = 10 ** 7;

/** As many as are ever of use. */
const MAX_RETRIES = 10;

const positive = (max) => (count) => Number.isInteger(count) && count > 0 && count <= max;

const MILLISECONDS = ['a positive whole number of milliseconds', positive(MAX_TIMEOUT)];

const BOOLEAN = ['a boolean', (value) => typeof value === 'boolean'];

const OPTIONS = {
  tokens: ["'memory', a URL of redis or an object", (value) => isText(value) || isPlain(value)],
  wechat: ['an object', isPlain],
  users: ["'native' or 'object'", (value) => value === 'native' || value === 'object'],
  sessions: ['an object', isPlain],
  cache: ['a boolean or an object', (value) => typeof value === 'boolean' || isPlain(value)],
  sessionKeys: BOOLEAN,
  createTable: BOOLEAN,
  profile: BOOLEAN,
};

const WECHAT_OPTIONS = {
  endpoint: ['a string', isText],
  proxy: ['a string', isText],
  timeout: MILLISECONDS,
  retries: [
    `a whole number up to ${MAX_RETRIES}`,
    (count) => Number.isInteger(count) && count >= 0 && count <= MAX_RETRIES,
  ],
  exchange: ['a function', (value) => typeof value === 'function'],
};

const SESSIONS_OPTIONS = {
  mode: ["'shared' or 'each'", (value) => value === 'shared' || value === 'each'],
  max: ['a positive whole number', positive(2 ** 31 - 1)],
  idle: ['a positive whole number of seconds', positive(2 ** 31 - 1)],
};

const CACHE_OPTIONS = {
  maxTokens: [`a positive whole number up to ${MAX_CACHED}`, positive(MAX_CACHED)],
  maxAge: MILLISECONDS,
};

const TOKENS_OPTIONS = {
  file: ['a path or a file: URL', (value) => readPath(value, 'options.tokens.file') !== undefined],
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

function readSessions(sessions) {
  const { mode, max, idle } = checked(sessions, SESSIONS_OPTIONS, 'options.sessions');
  if (max !== undefined && mode !== 'each') throw new TypeError("options.sessions.max needs the mode 'each'");
  return { each: mode === 'each', max, idle };
}

/** What is cached of checks; undefined where nothing is. */
function readCache(cache = false) {
  if (typeof cache === 'boolean') return cache ? {} : undefined;
  return checked(cache, CACHE_OPTIONS, 'options.cache');
}

/** The token store, as the addon takes it: 'memory', a file, or a redis at exactly one kind of place. */
function readTokens(tokens) {
  if (tokens === 'memory') return { memory: true, tagged: false };
  const options = isText(tokens) ? { url: tokens } : checked(tokens, TOKENS_OPTIONS, 'options.tokens');
  const { file, url, cluster, sentinels, master, layout, tls, connectTimeout, deadline } = options;
  const places = ['file', 'url', 'cluster', 'sentinels'].filter((place) => options[place] !== undefined);
  if (places.length > 1) throw new TypeError(`options.tokens: ${places.join(' and ')} exclude each other`);
  if (file !== undefined) {
    const [other] = Object.keys(options).filter((key) => key !== 'file');
    if (other) throw new TypeError(`options.tokens.${other} is for redis, not for a file`);
    return { memory: false, tagged: false, file: readPath(file, 'options.tokens.file') };
  }
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

/** Also of another realm; not a URL, a Map or a Buffer, whose content would not be seen. */
function isPlain(value) {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** The options that are set. Null counts as not set. */
function checked(options, known, name) {
  if (isMissing(options)) return {};
  if (!isPlain(options)) throw new TypeError(`${name} must be an object`);
  const set = Object.entries(options).filter(([, value]) => !isMissing(value));
  for (const [key, value] of set) {
    if (!Object.keys(known).includes(key)) throw new TypeError(`${name}.${key} is not an option`);
    const [kind, fits] = known[key];
    if (!fits(value)) throw new TypeError(`${name}.${key} must be ${kind}`);
  }
  return Object.fromEntries(set);
}

module.exports = { readConfig, isMissing };
