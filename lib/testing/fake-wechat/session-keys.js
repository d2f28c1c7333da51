'use strict';

// The session keys of users: "同一用户在同一时刻仅有一个有效的 session_key".
// https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey
// https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey

const crypto = require('node:crypto');
const { refuse } = require('./replies');
const { hmac } = require('./signatures');

const METHOD = 'hmac_sha256';

class SessionKeys {
  constructor() {
    this.valid = new Map();
  }

  has(openId) {
    return this.valid.has(openId);
  }

  of(openId) {
    if (!this.has(openId)) throw new Error(`fake WeChat: ${openId} has no valid session key`);
    return this.valid.get(openId);
  }

  /** Whichever key came last is valid; the one before is not any more. */
  replace(openId, key = crypto.randomBytes(16).toString('base64')) {
    this.valid.set(openId, key);
    return key;
  }

  /** A key ends by itself as well, at a time that WeChat does not tell. */
  end(openId) {
    this.valid.delete(openId);
  }

  /** Whether the user's valid key made this signature of these data. */
  signed(openId, signature, data) {
    return this.has(openId) && signature === hmac(this.of(openId), data);
  }

  /** An empty text is signed, since the request has no body. */
  check({ openid, signature, sig_method: method }) {
    if (method !== METHOD) return refuse(87008, 'invalid sig_method', ' ');
    if (!this.signed(openid, signature, '')) return refuse(87009, 'invalid signature', ' ');
    return { errcode: 0, errmsg: 'ok' };
  }

  /** Gives the user another key, which is valid as long as the one before would have been. */
  reset(query) {
    if (!this.has(query.openid)) return refuse(87007, 'session_key is not existd or expired', ' ');
    const checked = this.check(query);
    if (checked.errcode !== 0) return checked;
    return { ...checked, openid: query.openid, session_key: this.replace(query.openid) };
  }
}

module.exports = { SessionKeys };
