'use strict';

// The codes of the phone number button; those of wx.login are none of them.
// https://developers.weixin.qq.com/miniprogram/dev/server/API/user-info/phone-number/api_getphonenumber

const { refuse } = require('./replies');

/** "每个 code 只能使用一次，code 的有效期为 5min". */
const CODE_LIFE = 300000;

class PhoneNumbers {
  constructor(now) {
    this.now = now;
    this.codes = new Map();
  }

  issue(code, number) {
    this.codes.set(code, { ...number, until: this.now() + CODE_LIFE });
  }

  /**
   * A code is good once, for the mini-program that it was made in, and for its user where `openid`
   * is sent.
   */
  exchange(appId, { code, openid }) {
    const number = this.codes.get(code);
    if (!number || this.now() >= number.until) return refuse(40029, 'invalid code', ' ');
    if (number.appId !== appId) return refuse(40013, 'invalid appid', ' ');
    if (openid !== undefined && openid !== number.openId) return refuse(40029, 'invalid code', ' ');
    this.codes.delete(code);
    return { errcode: 0, errmsg: 'ok', phone_info: phoneInfo(number) };
  }
}

/** Numbers from abroad carry their country's code in front. */
function phoneInfo({ phoneNumber, countryCode, watermark }) {
  const abroad = String(countryCode) !== '86';
  return {
    phoneNumber: abroad ? `${countryCode}${phoneNumber}` : phoneNumber,
    purePhoneNumber: phoneNumber,
    countryCode,
    watermark,
  };
}

module.exports = { PhoneNumbers };
