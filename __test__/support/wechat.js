'use strict';

const fake = require('../../lib/testing/fake-wechat');
const { defer } = require('./cleanup');

/** The fake WeChat that the demo uses too; closed when the test is over. */
async function startFakeWeChat(options) {
  const wechat = await fake.startFakeWeChat(options);
  defer(() => wechat.close());
  return wechat;
}

module.exports = { startFakeWeChat, sample: fake.sample };
