'use strict';

// The messages to which users have subscribed.
// https://developers.weixin.qq.com/miniprogram/dev/server/API/mp-message-management/subscribe-message/api_sendmessage

const { readJson } = require('./bodies');
const { refuse } = require('./replies');

class SubscribeMessages {
  constructor() {
    this.refusers = new Set();
    this.sent = [];
  }

  /** The user has not subscribed, or no longer. */
  refusedBy(openId) {
    this.refusers.add(openId);
  }

  send(request) {
    const { json, refusal } = readJson(request);
    const refused = refusal ?? this.wrong(json);
    if (refused) return refused;
    this.sent.push(json);
    return { errcode: 0, errmsg: 'ok' };
  }

  wrong({ touser, template_id: template, data }) {
    if (!isText(touser)) return refuse(40003, 'invalid openid', ' ');
    if (!isText(template)) return refuse(40037, 'invalid template_id', ' ');
    if (!data || typeof data !== 'object') return refuse(47003, 'argument invalid! data is empty', ' ');
    const [empty] = Object.entries(data).find(([, given]) => !hasValue(given)) ?? [];
    // As WeChat spells it.
    if (empty) return refuse(47003, `argument invalid! data.${empty}.value is emtpy`, ' ');
    if (this.refusers.has(touser)) return refuse(43101, 'user refuse to accept the msg', ' ');
  }
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}

/** Each keyword of a template is given as `{ value }`. */
function hasValue(given) {
  const value = given?.value;
  return isText(value) || typeof value === 'number';
}

module.exports = { SubscribeMessages };
