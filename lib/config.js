'use strict';

// The factory's arguments, checked and with every default filled in, as the addon takes them.

const { readDb } = require('./database.js');
const { readPath } = require('./file-path.js');
const { createHost } = require('./host.js');
const { checked, isMissing, isText } = require('./options.js');

/**
 * All defaults, but for the layout of redis, which follows from the kind of store. Times are
 * milliseconds unless a comment says otherwise.
 */
const DEFAULTS = {
  /** Seconds; as in 1.3.2. */
  ttl: 259200,
  /** 1.3.2 connects to this redis. */
  redis: { url: 'redis://127.0.0.1:6379', connectTimeout: 2000, deadline: 5000 },
  wechat: { endpoint: 'https://api.weixin.qq.com', timeout: 10000, retries: 0 },
  /** This `max` is no limit: it is the largest number that the addon takes. */
  sessions: { mode: 'shared', max: 2 ** 32 - 1 },
  cache: { maxTokens: 10000, maxAge: 1000 },
  sessionKeys: false,
  createTable: false,
  /** For how many seconds a rotated token stays valid. */
  grace: 10,
};

/**
 * The addon's `config`, and the `host` that answers its requests, where it makes any. Throws a
 * TypeError that names what cannot work.
 */
function readConfig(...given) {
  try {
    return parseArguments(...given);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    throw new TypeError('an argument of mpauthx cannot be read: it throws when it is looked at');
  }
}

function parseArguments(appId, secret, sku, db, redisPass, ttl, options) {
  const given = checked(options, 'options');
  const { exchange, ...wechat } = checked(given.wechat, 'options.wechat');
  const { file, style, ask } = readDb(db, given.users);
  const config = {
    appId: optionalText(appId, 'appId'),
    secret: optionalText(secret, 'secret'),
    sku: text(sku, 'sku'),
    password: optionalText(redisPass, 'redisPass'),
    ttl: readTtl(ttl),
    tokens: readTokens(given.tokens),
    sessions: readSessions(given.sessions),
    cache: readCache(given.cache),
    wechat: { ...DEFAULTS.wechat, ...wechat, exchange: exchange !== undefined },
    sessionKeys: given.sessionKeys ?? DEFAULTS.sessionKeys,
    createTable: given.createTable ?? DEFAULTS.createTable,
    front: false,
    resolves: false,
    file,
    object: style,
  };
  if (config.sessionKeys && config.secret === undefined) {
    throw new TypeError('options.sessionKeys needs the app secret');
  }
  return { config, host: exchange || ask ? createHost(exchange, ask) : undefined };
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
  if (isMissing(ttl)) return DEFAULTS.ttl;
  const seconds = typeof ttl === 'number' || (isText(ttl) && /^\s*\d+\s*$/.test(ttl)) ? Number(ttl) : NaN;
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new TypeError('ttl must be a positive whole number of seconds, or its text');
}

function readSessions(sessions) {
  const given = checked(sessions, 'options.sessions');
  const { mode, max, idle } = { ...DEFAULTS.sessions, ...given };
  if (given.max !== undefined && mode !== 'each') throw new TypeError("options.sessions.max needs the mode 'each'");
  return { each: mode === 'each', max, idle };
}

/** The limits of the cache of checks; undefined where nothing is cached. */
function readCache(cache) {
  if (isMissing(cache) || cache === false) return undefined;
  return { ...DEFAULTS.cache, ...(cache === true ? {} : checked(cache, 'options.cache')) };
}

/** The token store: memory, a file, or one redis. */
function readTokens(tokens) {
  const { url, ...times } = DEFAULTS.redis;
  const store = { memory: false, tagged: false, ...times };
  if (tokens === 'memory') return { ...store, memory: true };
  const options = isText(tokens) ? { url: tokens } : checked(tokens, 'options.tokens');
  const places = ['file', 'url', 'cluster', 'sentinels'].filter((place) => options[place] !== undefined);
  if (places.length > 1) throw new TypeError(`options.tokens: ${places.join(' and ')} exclude each other`);
  if (options.file !== undefined) return { ...store, file: readFile(options) };
  const place = places.length === 0 ? { url } : {};
  return { ...store, ...place, ...readRedis(options) };
}

function readFile({ file, ...others }) {
  const [other] = Object.keys(others);
  if (other) throw new TypeError(`options.tokens.${other} is for redis, not for a file`);
  return readPath(file, 'options.tokens.file');
}

function readRedis({ layout, tls, ...options }) {
  const { cluster, sentinels, master } = options;
  if (Boolean(sentinels) !== Boolean(master)) {
    throw new TypeError('options.tokens: sentinels and master go together');
  }
  if (cluster && layout === 'compatible') {
    throw new TypeError("options.tokens.layout: a Cluster needs 'tagged', which is its default");
  }
  const { ca, cert, key } = checked(tls, 'options.tokens.tls');
  const tagged = layout === 'tagged' || cluster !== undefined;
  return { ...options, ca: pem(ca), cert: pem(cert), key: pem(key), tagged };
}

function pem(value) {
  if (value === undefined || isText(value)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
}

module.exports = { DEFAULTS, readConfig };
