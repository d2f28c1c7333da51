'use strict';

// The users of a test, each by a name that is also their openid. WeChat knows whoever is named.

const { isPlain, isText } = require('../options.js');
const { isUserId } = require('../token.js');
const { readOption } = require('./option.js');
const { expectTicks } = require('./ticks.js');

/** WeChat's own example of a number. */
const PHONE = { phoneNumber: '13800138000', countryCode: '86' };

class People {
  /**
   * @param fake  the fake WeChat
   * @param appId the mini-program
   */
  constructor(fake, appId) {
    this.fake = fake;
    this.appId = appId;
    this.known = new Map();
  }

  /** Whoever has this name; a TypeError of the function `call` for what can be none. */
  find(name, call) {
    if (!isText(name) || !isUserId(name)) {
      throw new TypeError(
        `${call} takes the name of a user, such as 'alice': 1 to 128 visible ASCII characters without a vertical bar`,
      );
    }
    let person = this.known.get(name);
    if (person === undefined) {
      person = { openId: name, ...PHONE };
      this.known.set(name, person);
      this.fake.replaceSessionKey(name);
    }
    return person;
  }

  /** What wx.login gives. `call` is the function that asks. */
  code(name, call) {
    expectTicks();
    const { openId, unionId } = this.find(name, call);
    const { appId } = this;
    return this.fake.user({ openId, unionId, appId, sessionKey: this.fake.sessionKey(openId) }).code;
  }

  /** What the phone number button gives. */
  phoneCode(name) {
    expectTicks();
    const { openId, phoneNumber, countryCode } = this.find(name, 'phoneCode');
    return this.fake.phone({ appId: this.appId, openId, phoneNumber, countryCode });
  }

  setPhone(name, phoneNumber, options) {
    const person = this.find(name, 'wechat.setPhone');
    if (!isDigits(phoneNumber)) {
      throw new TypeError("wechat.setPhone takes a phone number as text of digits, such as '13800000000'");
    }
    const expected = "wechat.setPhone takes { countryCode: '86' } as its options, as text of digits";
    const countryCode = readOption(options, 'countryCode', isDigits, expected) ?? PHONE.countryCode;
    Object.assign(person, { phoneNumber, countryCode });
  }

  setUnionId(name, unionId) {
    const person = this.find(name, 'wechat.setUnionId');
    if (!isText(unionId) || !isUserId(unionId)) {
      throw new TypeError(
        'wechat.setUnionId takes a unionid: 1 to 128 visible ASCII characters without a vertical bar',
      );
    }
    person.unionId = unionId;
  }

  replaceSessionKey(name) {
    this.fake.replaceSessionKey(this.find(name, 'wechat.replaceSessionKey').openId);
  }

  /** Open data of the user, as the mini-program gets them; by default those of wx.getUserInfo. */
  encrypt(name, data) {
    const { openId, unionId } = this.find(name, 'wechat.encrypt');
    if (data !== undefined && !isPlain(data) && !isText(data)) {
      throw new TypeError('wechat.encrypt takes the data as an object, or as text that is encrypted as it is');
    }
    const { fake, appId } = this;
    const raw = data === undefined ? fake.profile : data;
    const ids = unionId === undefined ? { openId } : { openId, unionId };
    const sealed = fake.openData(openId, data === undefined ? { ...ids, ...raw } : data, appId);
    return { ...sealed, ...fake.signed(openId, isText(raw) ? raw : JSON.stringify(raw)) };
  }
}

function isDigits(value) {
  return isText(value) && /^\d{1,20}$/.test(value);
}

module.exports = { People };
