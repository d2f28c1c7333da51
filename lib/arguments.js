'use strict';

// The arguments of calls, as the addon takes them. An argument that cannot be used throws an Error
// of code 6001.

const { DEFAULTS } = require('./config.js');
const { missing, wrong } = require('./errors.js');
const { isMissing } = require('./options.js');

/** The longest name of a device, in characters. */
const MAX_DEVICE = 256;

/** The longest grace of a rotation, in seconds. */
const MAX_GRACE = 3600;

/** Throws for the first of the arguments that is missing. */
function requireAll(values) {
  for (const [name, value] of Object.entries(values)) {
    if (isMissing(value)) throw missing(name);
  }
}

/** Text; a number is taken as its decimal text. */
function text(value, name) {
  if (isMissing(value)) throw missing(name);
  try {
    return `${value}`;
  } catch (_) {
    throw wrong(`The ${name} parameter cannot become text`);
  }
}

/**
 * Bytes as they are, anything else as text. `instanceof` would refuse a Buffer of another realm.
 */
function bytes(value, name) {
  if (isMissing(value)) throw missing(name);
  if (!ArrayBuffer.isView(value)) return text(value, name);
  try {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  } catch (_) {
    throw wrong(`The ${name} parameter cannot become bytes`);
  }
}

/** Text that may be a token; '' where `value` cannot become text. */
function candidate(value) {
  if (typeof value === 'string') return value;
  try {
    return `${value}`;
  } catch (_) {
    return '';
  }
}

/** The option `name` of a call; undefined where it is not set. */
function option(options, name) {
  try {
    const value = isMissing(options) ? undefined : options[name];
    return value === null ? undefined : value;
  } catch (_) {
    throw wrong(`The option ${name} cannot be read`);
  }
}

function device(options) {
  const value = option(options, 'device');
  if (value === undefined || (typeof value === 'string' && value.length <= MAX_DEVICE)) return value;
  throw wrong(`The option device must be text of at most ${MAX_DEVICE} characters`);
}

function grace(options) {
  const value = option(options, 'grace') ?? DEFAULTS.grace;
  if (Number.isInteger(value) && value >= 0 && value <= MAX_GRACE) return value;
  throw wrong(`The option grace must be a whole number of seconds, at most ${MAX_GRACE}`);
}

module.exports = { bytes, candidate, device, grace, option, requireAll, text };
