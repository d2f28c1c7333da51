'use strict';

// The arguments of calls, as the addon takes them. An argument that cannot be used throws a
// refusal.

const { missing, wrong } = require('./errors.js');
const { isMissing, isText } = require('./options.js');

/** What WeChat calls a code is a short word. Source: WeChat's page on `wx.login`. */
const CODE = /^[!-~]{1,256}$/;

/** Throws for the first of the arguments that is missing. */
function requireAll(values) {
  for (const [name, value] of Object.entries(values)) {
    if (isMissing(value)) throw missing(name);
  }
}

/** Text, as 1.3.2 took it: of any value. */
function anyText(value, name) {
  if (isMissing(value)) throw missing(name);
  try {
    return `${value}`;
  } catch (_) {
    throw wrong(`The ${name} parameter cannot become text`);
  }
}

/** Text; a number is taken as its decimal text. */
function text(value, name) {
  if (isMissing(value)) throw missing(name);
  if (isText(value) || typeof value === 'number' || typeof value === 'bigint') return `${value}`;
  throw wrong(`The ${name} parameter must be text`);
}

/** The code of a login. */
function loginCode(value) {
  const code = text(value, 'code');
  if (CODE.test(code)) return code;
  throw wrong('The code parameter must be the code from wx.login: 1 to 256 visible ASCII characters');
}

/**
 * Bytes as they are, anything else as `asText` takes it. `instanceof` would refuse a Buffer of
 * another realm.
 */
function bytes(value, name, asText = text) {
  if (isMissing(value)) throw missing(name);
  if (!ArrayBuffer.isView(value)) return asText(value, name);
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

module.exports = { anyText, bytes, candidate, loginCode, requireAll, text };
