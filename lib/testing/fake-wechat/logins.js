'use strict';

// The codes of wx.login.
// https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session

const { firstMissing, refuse } = require('./replies');

/** "用户登录凭证(有效期五分钟)", wx.login. */
const CODE_LIFE = 300000;

const REQUIRED = [
  ['appid', 41002, 'appid missing'],
  ['secret', 41004, 'appsecret missing'],
  ['js_code', 41008, 'missing code'],
  ['grant_type', 40002, 'invalid grant_type'],
];

class Logins {
  constructor(now, strict, sessionKeys) {
    this.now = now;
    this.strict = strict;
    this.sessionKeys = sessionKeys;
    this.codes = new Map();
  }

  issue(code, session) {
    this.codes.set(code, { session, until: this.now() + CODE_LIFE, used: false });
  }

  incomplete(query) {
    return firstMissing(REQUIRED, query);
  }

  /** A code is good once. Its session key replaces the one that the user had. */
  exchange(code) {
    const issued = this.codes.get(code);
    if (!issued || (this.strict && this.now() >= issued.until)) return refuse(40029, 'invalid code');
    if (issued.used && this.strict) return refuse(40163, 'code been used');
    issued.used = true;
    this.sessionKeys.replace(issued.session.openid, issued.session.session_key);
    return issued.session;
  }
}

module.exports = { Logins };
