'use strict';

// The arguments of calls, as the addon takes them. What cannot be used is an Error of code 6001.

const { missing, wrong } = require('./errors.js');

/** The longest name of a device, in characters. */
const MAX_DEVICE = 256;

/** Seconds. */
const DEFAULT_GRACE = 10;
const MAX_GRACE = 3600;

function isMissing(value) {
  return value === null || value === undefined;
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

/** Bytes as they are, anything else as text. Not `instanceof`: a Buffer may come from another realm. */
function bytes(value, name) {
  if (isMissing(value)) throw missing(name);
  if (!ArrayBuffer.isView(value)) return text(value, name);
  try {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  } catch (_) {
    throw wrong(`The ${name} parameter cannot become bytes`);
  }
}

/** What may be a token; '' where it cannot. */
function candidate(value) {
  if (typeof value === 'string') return value;
  try {
    return `${value}`;
  } catch (_) {
    return '';
  }
}

/** One of a call's options; undefined where it is not set. */
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
  const given = option(options, 'grace');
  const value = given === undefined ? DEFAULT_GRACE : given;
  if (Number.isInteger(value) && value >= 0 && value <= MAX_GRACE) return value;
  throw wrong(`The option grace must be a whole number of seconds, at most ${MAX_GRACE}`);
}

module.exports = { bytes, candidate, device, grace, isMissing, option, text };
