'use strict';

const path = require('node:path');
const { defer, mpauthx, sample, SECRET, startFakeWeChat, startRedis, tempDir } = require('../../support');

/** The new door with defaults: tokens in memory, WeChat `on` a fake one. Closed after the test. */
function open({ on, ...given } = {}) {
  const auth = mpauthx.createAuth({
    appId: sample.appId,
    secret: SECRET,
    sku: 'shop',
    tokens: 'memory',
    ...(on ? { wechat: { endpoint: on.endpoint } } : {}),
    ...given,
  });
  defer(() => auth.close());
  return auth;
}

/**
 * Runs the tests on every token store, each of them empty. `here.open(given)` makes objects on it
 * and on `here.wechat`; `tests` is told whether they see the same tokens.
 */
function onEveryStore(tests) {
  const here = {};
  let server;
  beforeAll(async () => {
    here.wechat = await startFakeWeChat({ strict: true });
    server = await startRedis();
  });
  const stores = {
    memory: () => 'memory',
    'redis, tagged': () => server.url,
    'redis, compatible': () => ({ url: server.url, layout: 'compatible' }),
    file: () => ({ file: path.join(tempDir(), 'tokens.db') }),
  };
  here.open = (given) => open({ tokens: here.tokens, on: here.wechat, ...given });
  here.code = (openId = 'o1', given) => here.wechat.user({ openId, ...given }).code;

  describe.each(Object.keys(stores))('tokens in %s:', (name) => {
    beforeEach(async () => {
      await server.redis.flushall();
      here.tokens = stores[name]();
    });
    tests(here, name !== 'memory');
  });
}

/** How a call fails with that code, whatever it says. */
const failing = (code, status) => ({ name: 'MpauthxError', code, status });
const DEAD = failing(6007, 401);
const WRONG = failing(6001, 400);

module.exports = { DEAD, WRONG, failing, onEveryStore, open };
