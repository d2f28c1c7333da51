'use strict';

const { createApp } = require('./app');
const { everybody } = require('./everybody');
const { startRedis } = require('./redis');
const { startFakeWeChat } = require('./wechat');

/**
 * One redis and one WeChat for a file of tests, the redis emptied before each. `open(given)` makes
 * an object on them whose user table holds everybody.
 */
function setting({ args } = {}) {
  const here = {};
  beforeAll(async () => {
    here.server = await startRedis({ args });
    here.redis = here.server.redis;
    here.wechat = await startFakeWeChat();
  });
  beforeEach(() => here.redis.flushall());
  here.open = (given) => createApp({ redis: here.server, wechat: here.wechat, db: everybody(), ...given });
  return here;
}

module.exports = { setting };
