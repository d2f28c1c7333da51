'use strict';

// Who calls a service in WeChat's cloud hosting: the platform's gateway writes it into headers.
// Source: WeChat's page on the headers of cloud hosting.

const { isPlain } = require('./options.js');

/** What the gateway writes are visible ASCII characters. */
const WORD = /^[!-~]{1,128}$/;

/**
 * Whom the headers name, where the gateway wrote them for one of `appIds`; else null, as for what
 * are no headers. Where the resources of one mini-program are shared with others, the user is the
 * one of the other.
 */
function identityIn(headers, appIds) {
  try {
    return identity(reader(headers), appIds);
  } catch (_) {
    return null;
  }
}

function identity(read, appIds) {
  const isShared = ['from-openid', 'from-appid', 'from-unionid'].some((name) => read(name) !== '');
  const prefix = isShared ? 'from-' : '';
  const [openId, appId, unionId] = ['openid', 'appid', 'unionid'].map((name) => read(`${prefix}${name}`));
  const source = read('source');
  if (![openId, appId, source].every(isWord) || !appIds.includes(appId)) return null;
  return { openId, ...(isWord(unionId) && { unionId }), appId, source };
}

/** A function that reads a header of the gateway's; '' where there is none, or it is empty. */
function reader(headers) {
  if (typeof headers.get === 'function') return (name) => headers.get(`x-wx-${name}`) ?? '';
  const all = new Map();
  if (!isPlain(headers)) return () => '';
  for (const [key, value] of Object.entries(headers)) {
    const name = key.toLowerCase();
    // Of two that differ in case, one may be the caller's own: both together are no word.
    all.set(name, all.has(name) ? [all.get(name), value] : (value ?? ''));
  }
  return (name) => all.get(`x-wx-${name}`) ?? '';
}

function isWord(value) {
  return typeof value === 'string' && WORD.test(value);
}

module.exports = { identityIn };
