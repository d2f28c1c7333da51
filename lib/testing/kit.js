'use strict';

// An object as `createAuth` makes it, for the tests of an application: its tokens are in memory, on
// a clock that the test advances, and its WeChat is a fake one on loopback.

// As in the application: what happens at the exit of the process is seen to there.
require('../../index.js');
const { named, readAuthConfig } = require('../auth-config.js');
const { createCalls } = require('../calls.js');
const { createFront } = require('../front.js');
const { isMissing, isPlain } = require('../options.js');
const { Clock } = require('./clock.js');
const { startFakeWeChat } = require('./fake-wechat.js');
const { People } = require('./people.js');
const { expectTicks } = require('./ticks.js');
const { wechatOf } = require('./wechat.js');

const DEFAULTS = { appId: 'wx0123456789abcdef', secret: 'test-secret', sku: 'test' };

/** Resolves with the kit, once the fake WeChat listens. Rejects with what `createAuth` throws. */
async function createTestAuth(options = {}) {
  expectTicks();
  const given = withDefaults(options);
  const time = { now: Date.now };
  const fake = await startFakeWeChat({
    appId: given.appId,
    secret: given.secret,
    cloud: Boolean(Object(given.wechat).cloud),
    strict: true,
    holds: false,
    now: () => time.now(),
  });
  try {
    const { auth, core } = named(() => open(given, fake.endpoint));
    const clock = new Clock(core);
    time.now = () => clock.now();
    return kitOf({ auth, core, clock, fake, given });
  } catch (error) {
    await fake.close();
    throw error;
  }
}

/** The options of `createAuth`. What a test does not say has defaults. */
function withDefaults(options) {
  if (!isPlain(options)) throw new TypeError("createTestAuth takes one object, as createAuth does: { sku: 'shop' }");
  if (!isMissing(options.tokens) && options.tokens !== 'memory') {
    throw new TypeError(
      'createTestAuth keeps tokens in memory: leave tokens out. For another store, call createAuth with wechat: { endpoint: t.wechat.endpoint }',
    );
  }
  if (isPlain(options.wechat) && !isMissing(options.wechat.endpoint)) {
    throw new TypeError('createTestAuth has a WeChat of its own: leave wechat.endpoint out');
  }
  const set = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
  return { ...DEFAULTS, ...set, tokens: 'memory' };
}

/** As `createAuth` does, but for the token store, which tests control. */
function open(given, endpoint) {
  const wechat = isMissing(given.wechat) || isPlain(given.wechat) ? { ...given.wechat, endpoint } : given.wechat;
  const { config, host } = readAuthConfig({ ...given, wechat });
  config.tokens.controlled = true;
  const calls = createCalls({ config, host });
  return { auth: createFront(calls, config), core: calls.core };
}

function kitOf({ auth, core, clock, fake, given }) {
  const people = new People(fake, given.appId);
  let closed;
  const close = () => {
    closed = closed || auth.close().finally(fake.close);
    return closed;
  };
  return {
    auth,
    code: (user) => people.code(user, 'code'),
    phoneCode: (user) => people.phoneCode(user),
    loginAs: async (user, options) => auth.login(people.code(user, 'loginAs'), options),
    clock: {
      advance: (duration) => clock.advance(duration),
      now: () => clock.now(),
    },
    tokens: {
      fail: () => core.setStoreAway(true),
      heal: () => core.setStoreAway(false),
    },
    wechat: wechatOf({ fake, people, clock, given }),
    close,
    ...(Symbol.asyncDispose && { [Symbol.asyncDispose]: close }),
  };
}

module.exports = { createTestAuth };
