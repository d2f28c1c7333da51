'use strict';

// The coins that a user has bought. Two signatures come along: of the user, with the session key,
// and of the payment, with the AppKey. Both cover the bytes of the body.
// https://developers.weixin.qq.com/miniprogram/dev/server/API/VirtualPayment/api_query_user_balance
// https://developers.weixin.qq.com/miniprogram/dev/platform-capabilities/industry/virtual-payment.html

const { readJson } = require('./bodies');
const { refuse } = require('./replies');
const { hmac } = require('./signatures');

class VirtualPayment {
  constructor(sessionKeys, appKey) {
    this.sessionKeys = sessionKeys;
    this.appKey = appKey;
  }

  balance(request) {
    const { json, refusal } = readJson(request);
    if (refusal || ![0, 1].includes(json.env) || typeof json.user_ip !== 'string') {
      return refuse(268490002, '请求参数字段错误', ' ');
    }
    return this.unsigned(request, json.openid) ?? { errcode: 0, errmsg: 'ok', ...COINS };
  }

  unsigned({ path, query, bytes }, openId) {
    if (typeof openId !== 'string') return refuse(268490001, 'openid错误', ' ');
    const paid = hmac(this.appKey, Buffer.concat([Buffer.from(`${path}&`), bytes]));
    if (query.pay_sig !== paid) return refuse(268490003, '支付签名(pay_sig)校验失败', ' ');
    if (!this.sessionKeys.has(openId)) return refuse(268490009, '用户session_key不存在或已过期，请重新登录', ' ');
    if (!this.sessionKeys.signed(openId, query.signature, bytes)) {
      return refuse(268490003, '用户态签名(signature)校验失败', ' ');
    }
  }
}

/** Nobody here has bought any. */
const COINS = {
  balance: 0,
  present_balance: 0,
  sum_save: 0,
  sum_present: 0,
  sum_balance: 0,
  sum_cost: 0,
  first_save_flag: false,
};

module.exports = { VirtualPayment };
