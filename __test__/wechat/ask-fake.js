'use strict';

// Asks the fake WeChat over plain HTTP, as somebody would who knows nothing of the library.

const crypto = require('node:crypto');
const { sample } = require('../support');

const APP = { appid: sample.appId, secret: 'secret' };

/** A reply as it came; a body that is neither text nor a form goes as JSON. */
function send(wechat, path, { query = {}, body, endpoint = wechat.endpoint, ...init } = {}) {
  const asItIs = typeof body === 'string' || body instanceof FormData;
  const post = body !== undefined && { method: 'POST', body: asItIs ? body : JSON.stringify(body) };
  return fetch(`${endpoint}${path}?${new URLSearchParams(query)}`, { ...post, ...init });
}

/** A reply in JSON. */
async function ask(wechat, path, request) {
  const reply = await send(wechat, path, request);
  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toBe('text/plain');
  return reply.json();
}

const exchange = (wechat, code, app = APP) =>
  ask(wechat, '/sns/jscode2session', { query: { ...app, js_code: code, grant_type: 'authorization_code' } });

const stable = (wechat, given) =>
  ask(wechat, '/cgi-bin/stable_token', { body: { grant_type: 'client_credential', ...APP, ...given } });

/** Asks an interface with an access token of its own. */
async function call(wechat, path, { query, ...request } = {}) {
  const { access_token } = wechat.accessToken();
  return ask(wechat, path, { query: { access_token, ...query }, ...request });
}

const hmac = (key, data) => crypto.createHmac('sha256', key).update(data).digest('hex');

module.exports = { APP, ask, call, exchange, hmac, send, stable };
