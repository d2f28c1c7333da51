'use strict';

// The WeChat of a test, as the test has it in hand.

const { isPlain } = require('../options.js');
const { Pushes } = require('./fake-wechat/pushes.js');
const { Outage } = require('./outage.js');

/** `given` are the options of the object that is tested. */
function wechatOf({ fake, people, clock, given }) {
  const outage = new Outage(fake);
  return {
    endpoint: fake.endpoint,
    requests: fake.requests,
    refuse: (errcode, options) => outage.refuse(errcode, options),
    away: () => outage.away(),
    back: () => outage.back(),
    setPhone: (user, phoneNumber, options) => people.setPhone(user, phoneNumber, options),
    setUnionId: (user, unionId) => people.setUnionId(user, unionId),
    replaceSessionKey: (user) => people.replaceSessionKey(user),
    encrypt: (user, data) => people.encrypt(user, data),
    push: (message) => pushOf(message, given, clock),
  };
}

/** The request with which WeChat pushes a message, as its console is set by `wechat.push`. */
function pushOf(message, { appId, wechat }, clock) {
  const { push } = Object(wechat);
  if (!push) throw new TypeError('wechat.push needs the option wechat.push of createTestAuth');
  if (!isPlain(message)) throw new TypeError("wechat.push takes a message as an object: { MsgType: 'text', … }");
  // A test may have faked the date, and the library looks at the machine's.
  return new Pushes({ appId, ...push }).message(message, { timestamp: clock.machineSeconds() });
}

module.exports = { wechatOf };
