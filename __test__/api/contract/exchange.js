'use strict';

const { rejection, seen } = require('../../support');
const { authorize, contract } = require('./support');

const PREFIX = 'Request to get session key and open id error: ';

/** 1.3.2's words for a status that is not 200, and the status. */
const not200 = (status) => `${PREFIX}Non 200 http status code received. Http error. The status is ${status}`;

/**
 * The setting of the contract, with `answered`: authorizes the user o1, WeChat answering as told.
 */
function exchange() {
  const here = contract();
  /** `reply` is the answer of the fake WeChat, or makes it of the session that would be right. */
  here.answered = (reply, app = here.app) => {
    const login = here.wechat.user({ openId: 'o1' });
    const session = { openid: 'o1', session_key: login.sessionKey };
    here.wechat.answer(login.code, typeof reply === 'function' ? reply(session) : reply);
    return authorize(app, login);
  };
  return here;
}

/** The one failed exchange: an Error with code 6008 and nothing else, its cause as told. */
async function expectFailure(
  promise,
  message = expect.stringMatching(/^Request to get session key and open id error: ./),
) {
  const error = await rejection(promise);
  expect(error).toBeInstanceOf(Error);
  expect(seen(error)).toStrictEqual({ code: 6008, message });
}

const raw = (status, body, headers) => ({ raw: { status, headers, body } });
const body = (text) => raw(200, text, { 'Content-Type': 'application/json' });

module.exports = { exchange, expectFailure, not200, raw, body };
