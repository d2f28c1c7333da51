'use strict';

// A token's text, as far as a check reads it before the addon does: whose it is, and of which sku.
// Beside src/token.rs the only place that knows the separator.

const SEPARATOR = '|';

/** How many hex digits a token ends with. */
const HEX_LENGTH = 64;

/** No token is longer, in bytes. */
const MAX_BYTES = 512;

/** A UTF-16 unit takes three bytes at most. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * The sku in `token`; undefined where it has not the shape of a token. That hex digits are what it
 * ends with, the addon looks at.
 */
function skuOf(token) {
  const start = token.indexOf(SEPARATOR);
  const end = token.length - HEX_LENGTH - 1;
  if (start < 1 || start >= end || token[end] !== SEPARATOR || isTooLong(token)) return undefined;
  return token.slice(start + 1, end);
}

function isTooLong(token) {
  return token.length * MAX_BYTES_PER_UNIT > MAX_BYTES && Buffer.byteLength(token) > MAX_BYTES;
}

/** The text with these parts. */
function join(user, sku, hex) {
  return [user, sku, hex].join(SEPARATOR);
}

/** The user in text that has the shape of a token. */
function userOf(token) {
  return token.slice(0, token.indexOf(SEPARATOR));
}

/**
 * Whether `token` is one line of ASCII text with the parts of a token. That hex digits are what it
 * ends with, is not looked at: nothing else is kept under such a name.
 */
function isPlainToken(token) {
  const end = token.length - HEX_LENGTH - 1;
  if (end < 2 || token.length > MAX_BYTES || token[end] !== SEPARATOR || token.includes('\n')) return false;
  const userEnd = token.indexOf(SEPARATOR);
  return userEnd > 0 && userEnd < end && Buffer.byteLength(token) === token.length;
}

/** Whether `text` can stand in a token as a user: every proxy and log takes it as it is. */
function isUserId(text) {
  return /^[!-~]{1,128}$/.test(text) && !text.includes(SEPARATOR);
}

/** Whether `text` can be the sku of a service that was made by `createAuth`. */
function isSku(text) {
  return /^[!-~]{1,64}$/.test(text) && !text.includes(SEPARATOR) && text !== 'undefined' && text !== 'null';
}

module.exports = { HEX_LENGTH, isPlainToken, isSku, isUserId, join, skuOf, userOf };
