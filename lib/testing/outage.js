'use strict';

// What a test lets go wrong with WeChat.

const { isPlain } = require('../options.js');

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
  }

  /** Lets every request be refused, or those of one path. */
  refuse(errcode, options = {}) {
    if (!Number.isSafeInteger(errcode) || errcode === 0) {
      throw new TypeError("wechat.refuse takes WeChat's errcode as a whole number other than 0, such as 40029");
    }
    const { path, ...others } = isPlain(options) ? options : { options };
    if ((path !== undefined && !/^\/[^?#]*$/.test(path)) || Object.keys(others).length > 0) {
      throw new TypeError("wechat.refuse takes { path } as its options, such as '/sns/jscode2session'");
    }
    const isMeant = (asked) => (path === undefined ? !GIVES_ACCESS_TOKEN.test(asked) : asked === path);
    const errmsg = ERRMSG[errcode] || 'refused';
    this.fake.intercept((asked) => (isMeant(asked.path) ? this.fake.refuse(errcode, errmsg) : undefined));
  }

  /** Lets no request be answered: the connection ends. */
  away() {
    this.fake.intercept(this.fake.faults.hangUp);
  }

  back() {
    this.fake.intercept();
  }
}

module.exports = { Outage };
