'use strict';

const mpauthx = require('../..');
const { defer } = require('./cleanup');
const { sample } = require('./wechat');

/** So that a leak is found by searching for it. */
const SECRET = 'app-secret-0123456789abcdef';

/**
 * The factory with defaults: `redis` (of startRedis) gives tokens and password, `wechat` (of
 * startFakeWeChat) the endpoint. Without `redis` or `tokens` the tokens are in memory; `tokens:
 * null` leaves the option out. Closed after the test.
 */
function createApp({ redis, wechat, tokens, db = null, sku = 'shop', ttl, redisPass, appId, secret, options } = {}) {
  const store = tokens === undefined ? (redis ? redis.url : 'memory') : tokens;
  const given = { ...options };
  if (store !== null) given.tokens = store;
  if (wechat) given.wechat = { endpoint: wechat.endpoint, ...given.wechat };
  const app = mpauthx(
    appId === undefined ? sample.appId : appId,
    secret === undefined ? SECRET : secret,
    sku,
    db,
    redisPass === undefined && redis ? redis.password : redisPass,
    ttl,
    given,
  );
  defer(() => app.close());
  return app;
}

module.exports = { createApp, SECRET };
