'use strict';

const path = require('node:path');
const { createApp, everybody, rejection, seen, startFakeWeChat, startRedis, tempDir } = require('../support');

const NOT_LIVE = { code: 6007, message: expect.stringMatching(/./) };

/** Says that the key may be stale, and what to do. */
const UNDECRYPTABLE = { code: 6011, message: expect.stringMatching(/^Decrypt userInfo error.*stale.*wx\.login/s) };

/** Says what to set: a login is of no use here. */
const NOT_KEPT = { code: 6011, message: expect.stringMatching(/^Decrypt userInfo error.*sessionKeys to true$/) };

/**
 * Runs the tests of `what` on every token store. Each test has an empty store and an object
 * `here.app` with options.sessionKeys; `here.open(given)` makes others on the store, of which
 * `tests` is told whether they see the same tokens.
 */
function onEveryStore(what, tests) {
  const here = {};
  let server;
  let tokens;
  beforeAll(async () => {
    here.wechat = await startFakeWeChat({ strict: true });
    server = await startRedis();
  });

  const stores = {
    memory: () => 'memory',
    redis: () => server.url,
    tagged: () => ({ url: server.url, layout: 'tagged' }),
    file: () => ({ file: path.join(tempDir(), 'tokens.db') }),
  };

  here.open = ({ options, ...given } = {}) =>
    createApp({
      wechat: here.wechat,
      tokens,
      db: everybody(),
      options: { sessionKeys: true, ...options },
      ...given,
    });

  here.login = async (given = { openId: 'o1' }, on = here.app) => (await on.login(here.wechat.user(given).code)).token;

  /** A newer login of the user, elsewhere: the key that is kept here is stale from then on. */
  here.loginElsewhere = (openId = 'o1') => here.login({ openId }, createApp({ wechat: here.wechat, db: everybody() }));

  here.decrypt = (token, { encryptedData, iv }, on = here.app) => on.wechat.decryptData(token, encryptedData, iv);
  here.check = (token, { rawData, signature }, on = here.app) => on.wechat.checkSignature(token, rawData, signature);

  describe.each(Object.keys(stores))(`${what} (tokens: %s)`, (name) => {
    beforeEach(async () => {
      await server.redis.flushall();
      tokens = stores[name]();
      here.app = here.open();
    });
    tests(here, name !== 'memory');
  });
}

async function expectRefusal(promise, said) {
  const error = await rejection(promise);
  expect(error).toBeInstanceOf(Error);
  expect(seen(error)).toStrictEqual(said);
}

module.exports = { NOT_KEPT, NOT_LIVE, UNDECRYPTABLE, expectRefusal, onEveryStore };
