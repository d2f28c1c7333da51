'use strict';

// The factory's arguments, checked and with every default filled in, as the addon takes them.

const { readDb } = require('./database.js');
const { DEFAULTS } = require('./defaults.js');
const { readPath } = require('./file-path.js');
const { createHost } = require('./host.js');
const { checked, isMissing, isPlain, isText } = require('./options.js');
const { readPush } = require('./push-config.js');

/**
 * The addon's `config`, and the `host` that answers its requests, where it makes any. Throws a
 * TypeError that names what cannot work.
 */
function readConfig(...given) {
  return reading('mpauthx', () => parseArguments(...given));
}

/** What `parse` returns. All that it throws is a TypeError. */
function reading(name, parse) {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TypeError) throw error;
    throw new TypeError(`an argument of ${name} cannot be read: it throws when it is looked at`);
  }
}

function parseArguments(appId, secret, sku, db, redisPass, ttl, options) {
  if (isPlain(appId)) {
    throw new TypeError('mpauthx takes appId, secret, sku and db one by one; createAuth takes them as one object');
  }
  if (isPlain(redisPass)) {
    throw new TypeError('redisPass must be text or null: options come seventh, after redisPass and ttl');
  }
  return buildConfig({ ...checked(options, 'options'), appId, secret, sku, db, redisPass, ttl });
}

/** The configuration of what is given, by the names of the arguments and options. */
function buildConfig(given) {
  const { exchange, accessToken, cloud, push, ...wechat } = checked(given.wechat, 'options.wechat');
  const { file, style, ask } = readDb(given.db, given.users);
  const config = {
    appId: optionalText(given.appId, 'appId'),
    secret: optionalText(given.secret, 'secret'),
    sku: text(given.sku, 'sku'),
    password: optionalText(given.redisPass, 'redisPass'),
    ttl: readTtl(given.ttl),
    tokens: readTokens(given.tokens),
    sessions: readSessions(given.sessions),
    cache: readCache(given.cache),
    wechat: {
      ...DEFAULTS.wechat,
      ...wechat,
      exchange: exchange !== undefined,
      accessToken: accessToken !== undefined,
      cloud: isInCloud(cloud, accessToken),
    },
    cloudAppIds: readAppIds(cloud),
    sessionKeys: given.sessionKeys ?? DEFAULTS.sessionKeys,
    createTable: given.createTable ?? DEFAULTS.createTable,
    front: false,
    resolves: false,
    onlyDiagnoses: false,
    file,
    object: style,
  };
  config.wechat.push = readPush(push, config.appId);
  if (config.sessionKeys && config.secret === undefined) {
    throw new TypeError('options.sessionKeys needs the app secret');
  }
  return { config, host: createHost({ exchange, accessToken, resolveUser: given.resolveUser, ask }) };
}

/** Whether this runs in WeChat's cloud hosting. WeChat sets the variable there. */
function isInCloud(cloud, accessToken) {
  if (cloud === undefined || cloud === false) return false;
  if (accessToken !== undefined) {
    throw new TypeError(
      'options.wechat.cloud and options.wechat.accessToken exclude each other: the cloud needs no access token',
    );
  }
  if (!process.env.CBR_ENV_ID) {
    throw new TypeError(
      "options.wechat.cloud is for WeChat's cloud hosting, and CBR_ENV_ID is not set: headers could be forged here",
    );
  }
  return true;
}

/** The mini-programs that share this one's resources. */
function readAppIds(cloud) {
  const { appIds = [] } = isPlain(cloud) ? checked(cloud, 'options.wechat.cloud') : {};
  return [...appIds];
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
  const store = { memory: false, controlled: false, tagged: false, ...times };
  if (tokens === 'memory') return { ...store, memory: true };
  const options = isText(tokens) ? { url: tokens } : checked(tokens, 'options.tokens');
  const places = placesOf(options);
  if (places.length > 1) throw new TypeError(`options.tokens: ${places.join(' and ')} exclude each other`);
  if (options.file !== undefined) return { ...store, file: readFile(options) };
  const place = places.length === 0 ? { url } : {};
  return { ...store, ...place, ...readRedis(options) };
}

/** Which places the options of `tokens` name. */
function placesOf(options) {
  return ['file', 'url', 'cluster', 'sentinels'].filter((place) => !isMissing(options[place]));
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

module.exports = { buildConfig, placesOf, readConfig, reading };
