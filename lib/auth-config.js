'use strict';

// The options of `createAuth`. They are stricter than the factory's arguments: nobody runs on them
// yet, and what is missing is most often an environment variable.

const { buildConfig, placesOf, reading } = require('./config.js');
const { AUTH_DEFAULTS } = require('./defaults.js');
const { checked, inAuthNames, isMissing, isPlain, isText, optionNames } = require('./options.js');
const { isSku } = require('./token.js');

/** What has no place among the options of the factory. */
const ARGUMENTS = ['appId', 'secret', 'sku', 'db', 'redisPass', 'ttl', 'resolveUser'];

/** What cannot be left out, or whose object then says nothing. */
const NEEDED = /^(sku|tokens|tokens\.(url|file|cluster|sentinels|master)|wechat\.push\.(token|encodingAESKey))$/;

const CALL = "createAuth({ appId, secret, sku: 'shop', tokens: { file: 'tokens.db' } })";

/** As `readConfig`, for the options of `createAuth`. */
function readAuthConfig(options) {
  return reading('createAuth', () => parse(options));
}

/** What `make` returns. An option of `createAuth` has the name under which it is given. */
function named(make) {
  try {
    return make();
  } catch (error) {
    if (error instanceof TypeError) throw new TypeError(inAuthNames(error.message));
    throw error;
  }
}

function parse(options) {
  if (!isPlain(options)) throw new TypeError(`createAuth takes one object: ${CALL}`);
  expectKnown(options);
  expectNoneEmpty(options, '');
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => !isMissing(value)));
  expectTexts(given);
  expectUser(given);
  checked(optionsIn(given), 'options');
  const { config, host } = buildConfig({ ...given, tokens: tokensOf(given), sessions: sessionsOf(given) });
  return { config: { ...config, front: true, resolves: given.resolveUser !== undefined }, host };
}

/** What is given of that which the factory takes as its options. */
function optionsIn(given) {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !ARGUMENTS.includes(name)));
}

function expectKnown(options) {
  const known = [...ARGUMENTS, ...optionNames()];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`${unknown} is not an option of createAuth: it has ${known.join(', ')}`);
}

/** Throws for a key with undefined or '' in an object of options, or in one of those in it. */
function expectNoneEmpty(options, path) {
  for (const [key, value] of Object.entries(options)) {
    const name = `${path}${key}`;
    if (value === undefined || value === '') {
      const what = value === '' ? 'is empty' : 'is undefined';
      const advice = NEEDED.test(name) ? '' : `. For none, leave ${name} out`;
      throw new TypeError(`${name} ${what}: an environment variable may be missing${advice}`);
    }
    if (isPlain(value) && optionNames(name)) expectNoneEmpty(value, `${name}.`);
  }
}

function expectTexts(given) {
  for (const name of ['appId', 'secret', 'redisPass']) {
    if (given[name] !== undefined && !isText(given[name])) throw new TypeError(`${name} must be text`);
  }
  for (const name of ['appId', 'secret']) {
    if (/\s/.test(given[name])) throw new TypeError(`${name} must be text without spaces and line breaks`);
  }
  if (!isText(given.sku) || !isSku(given.sku)) {
    throw new TypeError(
      "sku must name this application: 1 to 64 printable ASCII characters without space and vertical bar, not 'undefined' or 'null'",
    );
  }
}

/** Throws where it cannot be said who a user is. */
function expectUser({ db, resolveUser, createTable }) {
  if (resolveUser !== undefined && typeof resolveUser !== 'function') {
    throw new TypeError('resolveUser must be a function that returns the id of a user');
  }
  if (resolveUser !== undefined && db !== undefined) {
    throw new TypeError('resolveUser and db exclude each other: each says who a user is');
  }
  if (createTable && db === undefined) throw new TypeError('createTable needs a user table, and there is no db');
}

/** The option `tokens`, with the layout that new applications have. */
function tokensOf({ tokens }) {
  if (tokens === undefined) {
    throw new TypeError("tokens is missing: a URL of redis, { url, … }, { file: 'tokens.db' } or 'memory'");
  }
  if (tokens === 'memory') return tokens;
  if (isText(tokens)) return { url: tokens, layout: AUTH_DEFAULTS.layout };
  if (!isPlain(tokens)) return tokens;
  if (placesOf(tokens).length === 0) {
    throw new TypeError('tokens names no place: it needs one of url, cluster, sentinels and file');
  }
  return isMissing(tokens.file) ? { ...tokens, layout: tokens.layout ?? AUTH_DEFAULTS.layout } : tokens;
}

/** The option `sessions`, each key with its own default. */
function sessionsOf({ sessions }) {
  if (sessions !== undefined && !isPlain(sessions)) return sessions;
  const set = Object.fromEntries(Object.entries(sessions || {}).filter(([, value]) => !isMissing(value)));
  return set.mode === 'shared' ? set : { ...AUTH_DEFAULTS.sessions, ...set };
}

module.exports = { named, readAuthConfig };
