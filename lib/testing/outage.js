'use strict';

// What a test lets go wrong with WeChat.

const { isText } = require('../options.js');
const { readOption } = require('./option.js');

/** The errmsg that WeChat sends, by errcode. Source: WeChat's `auth.code2Session` page. */
const ERRMSG = {
  '-1': 'system error',
  40013: 'invalid appid',
  40029: 'invalid code',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40164: 'invalid ip, not in whitelist',
  40226: 'code blocked',
  41008: 'missing code',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, mustslower, retry next minute',
};

/** These give access tokens: an interface that wants one is asked after them. */
const GIVES_ACCESS_TOKEN = /^\/cgi-bin\/(stable_)?token$/;

class Outage {
  /** @param fake the fake WeChat */
  constructor(fake) {
    this.fake = fake;
    this.isAway = false;
    /** The errcodes by path; under undefined that of all other paths. */
    this.refusals = new Map();
    fake.intercept(({ path }) => this.replyTo(path));
  }

  /** Lets every request be refused, or those of one path. */
  refuse(errcode, options) {
    if (!Number.isSafeInteger(errcode) || errcode === 0) {
      throw new TypeError("wechat.refuse takes WeChat's errcode as a whole number other than 0, such as 40029");
    }
    const expected = "wechat.refuse takes { path } as its options, such as '/sns/jscode2session'";
    this.refusals.set(readOption(options, 'path', isPath, expected), errcode);
  }

  /** Lets no request be answered: the connection ends. */
  away() {
    this.isAway = true;
  }

  back() {
    this.isAway = false;
    this.refusals.clear();
  }

  /** What a request gets in place of WeChat's reply, if anything. */
  replyTo(path) {
    if (this.isAway) return this.fake.faults.hangUp();
    const others = GIVES_ACCESS_TOKEN.test(path) ? undefined : this.refusals.get(undefined);
    const errcode = this.refusals.get(path) ?? others;
    return errcode && this.fake.refuse(errcode, ERRMSG[errcode] || 'refused');
  }
}

function isPath(value) {
  return isText(value) && /^\/[^?#]*$/.test(value);
}

module.exports = { Outage };
