'use strict';

const path = require('node:path');
const { createApp, lastLine, sample, SECRET, startFakeWeChat, startNode } = require('../support');

const PHONE = '/wxa/business/getuserphonenumber';
const STABLE_TOKEN = '/cgi-bin/stable_token';

/** A phone number as the library gives it. */
const NUMBER = { phoneNumber: '13800138000', purePhoneNumber: '13800138000', countryCode: '86' };

/**
 * A strict WeChat of each test's own, which knows the one mini-program; `open(given)` makes objects
 * on it, without users.
 */
function ownWeChat() {
  const here = {};
  beforeEach(async () => {
    here.wechat = await startFakeWeChat({ strict: true, appId: sample.appId, secret: SECRET });
  });
  here.open = (given) => createApp({ wechat: here.wechat, ...given });
  here.count = (path) => here.wechat.requestsOf(path).length;
  return here;
}

/**
 * A process with so many phone numbers to ask for, which asks for all at once when it is told to
 * `go`.
 */
async function phoneProcess(wechat, tokens, calls) {
  const codes = Array.from({ length: calls }, () => wechat.phone());
  const config = { tokens, endpoint: wechat.endpoint, codes };
  const running = startNode(path.join(__dirname, 'phone-process.js'), { args: [JSON.stringify(config)] });
  await running.line('ready');
  return {
    go: () => running.child.stdin.end(),
    kill: () => running.child.kill('SIGKILL'),
    numbers: async () => {
      const { code, stdout, stderr } = await running.exit;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return lastLine(stdout);
    },
  };
}

module.exports = { NUMBER, PHONE, STABLE_TOKEN, ownWeChat, phoneProcess };
