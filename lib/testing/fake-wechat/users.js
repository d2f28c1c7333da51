'use strict';

// What users' phones do: they get codes from wx.login, data from wx.getUserInfo and its like, and
// codes from the phone number button.
// https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html

const crypto = require('node:crypto');

class Users {
  constructor({ sample, now, logins, sessionKeys, phoneNumbers }) {
    Object.assign(this, { official: sample, now, logins, sessionKeys, phoneNumbers });
  }

  /** Lets `code` answer with the session of the official sample. */
  sample(code = randomCode()) {
    const { sessionKey, iv, encryptedData, openId, unionId } = this.official;
    this.logins.issue(code, { openid: openId, session_key: sessionKey, unionid: unionId });
    return { code, encryptedData, iv };
  }

  /** Lets `code` answer with a session of the user, whose data are sealed with its key. */
  user({ openId, unionId, appId = this.official.appId, extra, sessionKey = random16() }, code = randomCode()) {
    const union = unionId === undefined ? {} : { unionId };
    const data = { openId, ...union, ...PROFILE, watermark: this.watermark(appId), ...extra };
    this.logins.issue(code, { openid: openId, session_key: sessionKey, ...(unionId && { unionid: unionId }) });
    return { code, ...seal(JSON.stringify(data), { sessionKey }) };
  }

  /** Data of the user, or a text as it is, sealed with their valid key. */
  openData(openId, data, appId = this.official.appId) {
    const text = typeof data === 'string' ? data : JSON.stringify({ ...data, watermark: this.watermark(appId) });
    const { encryptedData, iv } = seal(text, { sessionKey: this.sessionKeys.of(openId) });
    return { encryptedData, iv };
  }

  /** A text, and its signature with the user's valid key. */
  signed(openId, rawData) {
    const signature = crypto
      .createHash('sha1')
      .update(`${rawData}${this.sessionKeys.of(openId)}`)
      .digest('hex');
    return { rawData, signature };
  }

  /** The code of the phone number button. */
  phone({ appId = this.official.appId, openId, phoneNumber, countryCode }, code = randomCode()) {
    this.phoneNumbers.issue(code, { appId, openId, phoneNumber, countryCode, watermark: this.watermark(appId) });
    return code;
  }

  watermark(appId) {
    return { timestamp: Math.floor(this.now() / 1000), appid: appId };
  }
}

/** What wx.getUserInfo tells of everybody since 2021. */
const PROFILE = Object.freeze({
  nickName: '小程序用户',
  gender: 0,
  language: 'zh_CN',
  city: '',
  province: '',
  country: '',
  avatarUrl: '',
});

/**
 * Encrypts anything, sensible or not, as WeChat encrypts user data: AES-128-CBC, PKCS#7, base64.
 */
function seal(plaintext, { sessionKey = random16(), iv = random16() } = {}) {
  const cipher = crypto.createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'));
  const encryptedData = Buffer.concat([cipher.update(plaintext), cipher.final()]).toString('base64');
  return { encryptedData, iv, sessionKey };
}

function randomCode() {
  return crypto.randomBytes(16).toString('hex');
}

/** A session key or an iv. */
function random16() {
  return crypto.randomBytes(16).toString('base64');
}

module.exports = { PROFILE, Users, seal };
