'use strict';

const { createApp, everybody, startFakeWeChat } = require('../../support');

const EXCHANGE = '/sns/jscode2session';

/** How the message of every failed exchange begins. */
const MESSAGE = expect.stringMatching(/^Request to get session key and open id error: ./);

/** What a login resolves with. */
const answer = (userId, given) => issued(userId, { openId: userId, ...given });

/** The same, where nobody has said the openid. */
const issued = (userId, given) => ({
  id: expect.stringMatching(/^[0-9a-f]{32}$/),
  userId,
  token: expect.stringMatching(new RegExp(`^${userId}\\|shop\\|[0-9a-f]{64}$`)),
  isNewUser: expect.any(Boolean),
  expiresAt: expect.any(Number),
  ...given,
});

/**
 * One strict WeChat for a file of tests; `open(given)` makes objects on it, whose user table holds
 * everybody.
 */
function strictWeChat(options) {
  const here = {};
  beforeAll(async () => {
    here.wechat = await startFakeWeChat({ strict: true, ...options });
  });
  here.open = (given) => createApp({ wechat: here.wechat, db: everybody(), ...given });
  here.code = (openId = 'o1', given) => here.wechat.user({ openId, ...given }).code;
  here.requests = (code) => here.wechat.requestsOf(EXCHANGE).filter(({ query }) => query.js_code === code).length;
  return here;
}

/** A promise, and what settles it. */
function gate() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

module.exports = { EXCHANGE, MESSAGE, answer, gate, issued, strictWeChat };
