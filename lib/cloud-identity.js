'use strict';

// Who calls a service in WeChat's cloud hosting: the platform's gateway writes it into headers.
// Source: WeChat's page on the headers of cloud hosting.

/** What the gateway writes are visible ASCII characters. */
const WORD = /^[!-~]{1,128}$/;

/**
 * Whom the headers name, where the gateway wrote them for one of `appIds`; else null. Where the
 * resources of one mini-program are shared with others, the user is the one of the other.
 */
function identityIn(headers, appIds) {
  const read = reader(headers);
  const isShared = ['from-openid', 'from-appid', 'from-unionid'].some((name) => read(name) !== undefined);
  const prefix = isShared ? 'from-' : '';
  const [openId, appId, unionId] = ['openid', 'appid', 'unionid'].map((name) => read(`${prefix}${name}`));
  const source = read('source');
  if (![openId, appId, source].every(isWord) || !appIds.includes(appId)) return null;
  return { openId, ...(isWord(unionId) && { unionId }), appId, source };
}

/** A function that reads a header of the gateway's; undefined where there is none. */
function reader(headers) {
  const get = headers !== null && typeof headers === 'object' ? headers.get : undefined;
  if (typeof get === 'function') return (name) => headers.get(`x-wx-${name}`) ?? undefined;
  const own = new Map(Object.entries(Object(headers)).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => own.get(`x-wx-${name}`);
}

function isWord(value) {
  return typeof value === 'string' && WORD.test(value);
}

module.exports = { identityIn };
