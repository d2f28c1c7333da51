'use strict';

// What the functions that give a promise may give, whatever they are called with.

const CODES = new Set([6000, 6001, 6007, 6008, 6009, 6010, 6011]);
const KEYS = new Set(['code', 'errcode', 'errmsg', 'rid', 'retryable']);

/**
 * A clear error: an Error with a number of ours, a message, and no other properties than WeChat's.
 */
function isClear(error) {
  if (!(error instanceof Error) || !CODES.has(error.code) || error.message === '') return false;
  return Object.keys(error).every((key) => KEYS.has(key));
}

const isSuccess = (value) =>
  value?.status_code === 1 && value.status_message === 'OK' && /\|[0-9a-f]{64}$/.test(value.response);

const isIssued = (value) =>
  /\|[0-9a-f]{64}$/.test(value?.token) && /^[0-9a-f]{32}$/.test(value.id) && value.expiresAt > 0;
const isLogin = (value) => isIssued(value) && typeof value.isNewUser === 'boolean';
const isSession = (value) =>
  /^[0-9a-f]{32}$/.test(value?.id) &&
  typeof value.userId === 'string' &&
  typeof value.sku === 'string' &&
  value.issuedAt > 0;
const isReceived = (value) => typeof value.reply === 'string' && typeof value.message === 'object';
const isBoolean = (value) => typeof value === 'boolean';

/** Of each function what it may resolve with, and what it may reject with. */
const OUTCOMES = {
  authorize: [isSuccess, isClear],
  login: [isLogin, isClear],
  refreshToken: [isSuccess, isClear],
  isTokenValid: [(value) => value === undefined, (reason) => reason === undefined || isClear(reason)],
  'sessions.issue': [isLogin, isClear],
  'sessions.inspect': [(value) => value === null || isSession(value), isClear],
  'sessions.explain': [(value) => typeof value === 'string', isClear],
  'sessions.list': [(value) => value.every((one) => isSession(one) && !('token' in one)), isClear],
  'sessions.revoke': [isBoolean, isClear],
  'sessions.revokeById': [isBoolean, isClear],
  'sessions.revokeUser': [Number.isInteger, isClear],
  'sessions.rotate': [isIssued, isClear],
  health: [(value) => typeof value.tokens.ready === 'boolean', isClear],
  forget: [Number.isInteger, isClear],
  verify: [isSession, (reason) => isClear(reason) && reason.name === 'MpauthxError'],
  'wechat.receive': [isReceived, isClear],
  'wechat.getPhoneNumber': [(value) => typeof value.phoneNumber === 'string', isClear],
  'wechat.decryptData': [(value) => typeof value === 'object', isClear],
  'wechat.checkSignature': [isBoolean, isClear],
  'wechat.checkSession': [isBoolean, isClear],
  'wechat.sign': [(value) => /^[0-9a-f]{64}$/.test(value), isClear],
  'wechat.accessToken': [(value) => /^[!-~]+$/.test(value), isClear],
  'wechat.request': [(value) => typeof value === 'object', (error) => error instanceof TypeError || isClear(error)],
};

module.exports = { OUTCOMES, isIssued };
