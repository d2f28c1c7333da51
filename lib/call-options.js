'use strict';

// The options of calls. One that cannot be used throws a refusal that names it, and so does one
// that the call does not have: what is misspelt is not to go unnoticed.

const { DEFAULTS } = require('./defaults.js');
const { missing, Refusal, wrong } = require('./errors.js');
const { MAX_TIMEOUT, isMissing, isPlain, isText } = require('./options.js');

/** The longest name of a device, in UTF-16 units. */
const MAX_DEVICE = 256;

/** The longest grace of a rotation, in seconds. */
const MAX_GRACE = 3600;

/** How each option is read. */
const READERS = {
  allSkus: boolean,
  as: oneOf('json', 'bytes'),
  body: whatever,
  current: token,
  device,
  except: token,
  fresh: boolean,
  grace,
  invalid: text,
  method: oneOf('GET', 'POST'),
  openId: text,
  query: object,
  replace: token,
  retry: boolean,
  skus,
  timeout: milliseconds,
};

/** The options `names` of a call, as far as they are set; null counts as not set. */
function readOptions(given, ...names) {
  const read = {};
  for (const [name, value] of entriesOf(given)) {
    if (!names.includes(name)) throw wrong(`${shown(name)} is not an option of this call: it has ${names.join(', ')}`);
    if (!isMissing(value)) read[name] = readOption(value, name);
  }
  return read;
}

function readOption(value, name) {
  try {
    return READERS[name](value, name);
  } catch (error) {
    throw error instanceof Refusal ? error : wrong(`The option ${name} cannot be read`);
  }
}

function entriesOf(given) {
  if (isMissing(given)) return [];
  try {
    if (Object.prototype.toString.call(given) === '[object Object]') return Object.entries(given);
  } catch (_) {
    throw wrong('The options cannot be read');
  }
  throw wrong('The options must be an object');
}

/** A name that is fit to be shown. */
function shown(name) {
  return /^[A-Za-z]{1,24}$/.test(name) ? `The option ${name}` : 'An option of such a name';
}

function boolean(value, name) {
  if (typeof value === 'boolean') return value;
  throw wrong(`The option ${name} must be a boolean`);
}

function text(value, name) {
  if (isText(value) && value !== '') return value;
  throw wrong(`The option ${name} must be text`);
}

/** A token. '' is none: clients without one send that. */
function token(value, name) {
  return value === '' ? undefined : text(value, name);
}

function skus(value, name) {
  if (Array.isArray(value) && value.length > 0 && value.every(isText)) return value;
  throw wrong(`The option ${name} must be a list of skus`);
}

/**
 * The name of a device: everybody puts the User-Agent there, which may be longer than what is kept.
 */
function device(value, name) {
  if (!isText(value)) throw wrong(`The option ${name} must be text`);
  const cut = value.replace(/\p{Cc}/gu, '').slice(0, MAX_DEVICE);
  // A pair of units that makes one character is not split.
  const whole = /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
  return whole === '' ? undefined : whole;
}

function oneOf(...values) {
  return (value, name) => {
    if (values.includes(value)) return value;
    throw wrong(`The option ${name} must be ${values.map((each) => `'${each}'`).join(' or ')}`);
  };
}

/** What the call looks at itself. */
function whatever(value) {
  return value;
}

function object(value, name) {
  if (isPlain(value)) return value;
  throw wrong(`The option ${name} must be an object`);
}

function milliseconds(value, name) {
  if (Number.isInteger(value) && value >= 1 && value <= MAX_TIMEOUT) return value;
  throw wrong(`The option ${name} must be a positive whole number of milliseconds`);
}

function grace(value, name) {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_GRACE) return value;
  throw wrong(`The option ${name} must be a whole number of seconds, at most ${MAX_GRACE}`);
}

/**
 * The id of the user whom `forget` is given, by that or as `{ openId }`. Where the application says
 * who a user is, it alone knows whose an openid is.
 */
function userIdOf(user, resolves) {
  if (typeof user !== 'object' || user === null) return user;
  const { openId } = readOptions(user, 'openId');
  if (openId === undefined) throw missing('openId');
  if (resolves) throw wrong('With resolveUser, the application maps the openId to its id: call forget(userId)');
  return openId;
}

/** For how many seconds a rotated token stays valid. */
function graceOf(options) {
  return options.grace ?? DEFAULTS.grace;
}

module.exports = { graceOf, readOptions, userIdOf };
