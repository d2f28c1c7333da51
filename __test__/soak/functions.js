'use strict';

const { sample } = require('../support');
const { EVENT, pushes } = require('../wechat/pushed');

/** What a call may fail with: the store, WeChat, a dead token, a user's key that is not there. */
const CODES = [6000, 6007, 6008, 6009, 6010, 6011];

/** A token of nobody's. */
const NOBODYS = `nobody|soak|${'ab'.repeat(32)}`;

/** What is called with a token. */
const OF_TOKEN = {
  'wechat.checkSignature': ['raw', 'ab'.repeat(20)],
  'wechat.sign': ['data'],
  'wechat.checkSession': [],
  verify: [],
  'sessions.inspect': [],
  'sessions.explain': [],
  'old.isTokenValid': [],
  'old.extractOpenId': [],
  'old.extractSku': [],
};

/** What is called without one, about a user of its own. */
function others({ wechat, openId }) {
  const [issued, { code, encryptedData, iv }] = [`${openId}-issued`, wechat.user({ openId })];
  return {
    login: [wechat.user({ openId }).code, { device: 'a device' }],
    'wechat.getPhoneNumber': [wechat.phone({ openId })],
    'wechat.accessToken': [],
    'wechat.request': ['/wxa/msg_sec_check', { body: { version: 2, scene: 1, openid: openId, content: 'x' } }],
    'sessions.issue': [issued],
    'sessions.list': [issued],
    'sessions.revokeById': [issued, 'ab'.repeat(16)],
    'sessions.revokeUser': [issued],
    forget: [issued],
    health: [],
    stats: [],
    'old.authorize': [code, encryptedData, iv],
    'old.refreshToken': [sample.openId],
  };
}

/**
 * Calls of every function that no route makes, each as { name, args }. `token()` gives a live one,
 * if there is any, as late as can be: a token that was rotated is not to be used for long.
 */
function* callsOf({ wechat, openId, token }) {
  for (const [name, args] of Object.entries(others({ wechat, openId }))) yield { name, args };
  for (const [name, args] of Object.entries(OF_TOKEN)) yield { name, args: [token() ?? NOBODYS, ...args] };
  const { encryptedData, iv } = wechat.user({ openId });
  yield { name: 'wechat.decryptData', args: [token() ?? NOBODYS, encryptedData, iv] };
  const { query, body } = pushes('safe', 'json').message(EVENT);
  yield { name: 'wechat.receive', args: [{ query }], body: body.toString('base64') };
}

/** What must not be about the answer to a call; undefined where nothing is. */
function faultOf({ name }, { status, error }) {
  if (status !== 200) return `${name}: ${status}`;
  if (error === undefined || error === 'undefined' || CODES.includes(error.code)) return undefined;
  return `${name}: ${JSON.stringify(error)}`;
}

module.exports = { callsOf, faultOf };
