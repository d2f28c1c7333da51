'use strict';

// What the application's exchange function returned, as WeChat would send it. What WeChat would not
// send is told by its kind, and never by what it holds.

const WANTED = 'it must return { openid, session_key, unionid? } or { errcode, errmsg } as WeChat sends them';

const KINDS = {
  undefined: 'nothing',
  string: 'text',
  number: 'a number',
  boolean: 'a boolean',
  bigint: 'a BigInt',
  symbol: 'a Symbol',
  function: 'a function',
};

/** Where HTTP clients, and WeChat's SDK for cloud functions, keep what they received. */
const WRAPPERS = ['data', 'body', 'result'];

/** Other spellings, and WeChat's. */
const MISSPELT = { openId: 'openid', openID: 'openid', open_id: 'openid', errCode: 'errcode' };

/** The JSON of a reply. Throws a TypeError that says what `value` is where that is none. */
function replyJson(value) {
  const json = isPlain(value) ? jsonOf(value) : undefined;
  if (json !== undefined && isReply(JSON.parse(json))) return json;
  throw new TypeError(`options.wechat.exchange gave ${kindOf(value)}: ${WANTED}`);
}

/** Whether `value` may be a reply, and not what an HTTP client wraps around one. */
function isPlain(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.json !== 'function';
}

/** The JSON of an object; undefined where it has none, as what holds itself. */
function jsonOf(value) {
  try {
    return JSON.stringify(value);
  } catch (_) {
    return undefined;
  }
}

/** A reply names a user or refuses. */
function isReply(reply) {
  return isPlain(reply) && (isText(reply.openid) || isErrcode(reply.errcode));
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}

/** WeChat sends it as a number, and as text at times; 0 is none. */
function isErrcode(value) {
  return (typeof value === 'number' || isText(value)) && Number.isInteger(Number(value)) && Number(value) !== 0;
}

/** What `value` is, and what to do about it where that is known. */
function kindOf(value) {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text (parse it: JSON.parse(text))';
  if (typeof value !== 'object') return KINDS[typeof value];
  if (Array.isArray(value)) return 'an array';
  if (ArrayBuffer.isView(value)) return 'bytes';
  if (typeof value.json === 'function') return 'a Response (return await response.json())';
  return objectKindOf(value);
}

function objectKindOf(value) {
  const wrapper = WRAPPERS.find((field) => isPlain(value[field]) || isText(value[field]));
  if (wrapper) return `an object with the reply in its field ${wrapper} (return that field)`;
  const misspelt = Object.keys(MISSPELT).find((field) => isText(value[field]) || isErrcode(value[field]));
  if (misspelt) return `an object with ${misspelt} in place of ${MISSPELT[misspelt]}`;
  if (value.openid === '') return 'an object whose openid is empty';
  if (value.openid !== undefined) return `an object whose openid is ${KINDS[typeof value.openid] || 'no text'}`;
  return jsonOf(value) === undefined ? 'an object that has no JSON' : 'an object without openid and errcode';
}

module.exports = { replyJson };
