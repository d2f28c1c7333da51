'use strict';

// The options that exist, and which values each may have.

const { readPath } = require('./file-path.js');

/** The longest time limit that 31 bits hold, in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** A cache of so many tokens takes a few gigabytes. */
const MAX_CACHED = 10 ** 7;

/** More retries are of no use to a login. */
const MAX_RETRIES = 10;

// What a value must be, in words, and whether it is.

const integer = (min, max) => (value) => Number.isInteger(value) && value >= min && value <= max;
const MILLISECONDS = ['a positive whole number of milliseconds', integer(1, MAX_TIMEOUT)];
const BOOLEAN = ['a boolean', (value) => typeof value === 'boolean'];
const TEXT = ['a string', isText];
const OBJECT = ['an object', isPlain];
const FUNCTION = ['a function', (value) => typeof value === 'function'];
const URLS = ['a list of URLs', (value) => Array.isArray(value) && value.length > 0 && value.every(isText)];
const PEM = ['a PEM text or its bytes', (value) => isText(value) || ArrayBuffer.isView(value)];
const oneOf = (one, other) => [`'${one}' or '${other}'`, (value) => value === one || value === other];

const KNOWN = {
  options: {
    tokens: ["'memory', a URL of redis or an object", (value) => isText(value) || isPlain(value)],
    wechat: OBJECT,
    users: oneOf('native', 'object'),
    sessions: OBJECT,
    cache: ['a boolean or an object', (value) => typeof value === 'boolean' || isPlain(value)],
    sessionKeys: BOOLEAN,
    createTable: BOOLEAN,
  },
  'options.wechat': {
    endpoint: TEXT,
    proxy: TEXT,
    timeout: MILLISECONDS,
    retries: [`a whole number up to ${MAX_RETRIES}`, integer(0, MAX_RETRIES)],
    exchange: FUNCTION,
    accessToken: FUNCTION,
    cloud: ['a boolean or { appIds: […] }', (value) => typeof value === 'boolean' || isPlain(value)],
    push: OBJECT,
  },
  'options.wechat.cloud': { appIds: ['a list of app ids', isNames] },
  'options.wechat.push': { token: TEXT, encodingAESKey: TEXT, plain: BOOLEAN },
  'options.sessions': {
    mode: oneOf('shared', 'each'),
    max: ['a positive whole number', integer(1, 2 ** 31 - 1)],
    idle: ['a positive whole number of seconds', integer(1, 2 ** 31 - 1)],
  },
  'options.cache': {
    maxTokens: [`a positive whole number up to ${MAX_CACHED}`, integer(1, MAX_CACHED)],
    maxAge: MILLISECONDS,
  },
  'options.tokens': {
    file: ['a path or a file: URL', (value) => readPath(value, 'options.tokens.file') !== undefined],
    url: TEXT,
    cluster: URLS,
    sentinels: URLS,
    master: TEXT,
    tls: OBJECT,
    layout: oneOf('compatible', 'tagged'),
    connectTimeout: MILLISECONDS,
    deadline: MILLISECONDS,
  },
  'options.tokens.tls': { ca: PEM, cert: PEM, key: PEM },
};

/**
 * Those of the options `name` that are set; null counts as not set. Throws a TypeError for an
 * option that does not exist or cannot have its value.
 */
function checked(options, name) {
  if (isMissing(options)) return {};
  if (!isPlain(options)) throw new TypeError(`${name} must be an object`);
  const set = Object.entries(options).filter(([, value]) => !isMissing(value));
  for (const [key, value] of set) {
    if (!Object.keys(KNOWN[name]).includes(key)) throw new TypeError(`${name}.${key} is not an option`);
    const [kind, fits] = KNOWN[name][key];
    if (!fits(value)) throw new TypeError(`${name}.${key} must be ${kind}`);
  }
  return Object.fromEntries(set);
}

function isNames(value) {
  return Array.isArray(value) && value.every((name) => isText(name) && name !== '');
}

/**
 * The names of the options, or of those in the option `name`; undefined where that has none.
 */
function optionNames(name) {
  const known = KNOWN[name === undefined ? 'options' : `options.${name}`];
  return known && Object.keys(known);
}

/** A text whose options have the names under which `createAuth` is given them. */
function inAuthNames(text) {
  return text.replace(/\boptions\.(\w+)/g, (named, name) => (optionNames().includes(name) ? name : named));
}

function isMissing(value) {
  return value === null || value === undefined;
}

function isText(value) {
  return typeof value === 'string';
}

/**
 * Whether `value` is an object with options, perhaps of another realm; not a URL, a Map or a
 * Buffer, whose content would not be seen.
 */
function isPlain(value) {
  return Object.prototype.toString.call(value) === '[object Object]';
}

module.exports = { MAX_TIMEOUT, checked, inAuthNames, isMissing, isPlain, isText, optionNames };
