'use strict';

// What the application's `resolveUser` gave. What cannot be a user is told by its kind, and never
// by what it holds.

const { isUserId } = require('./token.js');

const WANTED =
  'it must return the id of a user, 1 to 128 visible ASCII characters without a vertical bar, or { userId, isNewUser? }';

/** The reply for the addon: the user's id, and whether the user is new, where that is known. */
function resolvedReply(value) {
  const { userId, isNewUser } = isObject(value) ? value : { userId: value };
  if (typeof userId !== 'string') throw new TypeError(`resolveUser gave ${kindOf(userId, isObject(value))}: ${WANTED}`);
  if (!isUserId(userId)) throw new TypeError(`resolveUser gave an id that cannot stand in a token: ${WANTED}`);
  if (isNewUser === undefined || isNewUser === null) return [userId, ''];
  if (typeof isNewUser === 'boolean') return [userId, isNewUser ? '1' : '0'];
  throw new TypeError(`resolveUser gave an isNewUser that is no boolean: ${WANTED}`);
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

function kindOf(userId, isWrapped) {
  if (userId === undefined || userId === null) return isWrapped ? 'an object without userId' : 'nothing';
  if (typeof userId === 'number' || typeof userId === 'bigint') return 'a number (return String(id))';
  return isWrapped ? 'a userId that is no string' : 'no string';
}

module.exports = { resolvedReply };
