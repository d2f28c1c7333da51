'use strict';

// The WeChat of a test, as the test has it in hand.

const { isPlain } = require('../options.js');
const { Pushes } = require('./fake-wechat/pushes.js');
const { readOption } = require('./option.js');
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
    push: (message, options) => pushOf(message, options, given, clock),
  };
}

/** Milliseconds, given for seconds, are past this: it is the year 5138. */
const MAX_SECONDS = 1e11;

/** The request with which WeChat pushes a message, as its console is set by `wechat.push`. */
function pushOf(message, options, { appId, wechat }, clock) {
  const { push } = Object(wechat);
  if (!push) throw new TypeError('wechat.push needs the option wechat.push of createTestAuth');
  if (!isPlain(message)) throw new TypeError("wechat.push takes a message as an object: { MsgType: 'text', … }");
  const expected = 'wechat.push takes { timestamp } as its options, a whole number of Unix seconds';
  // A test may have faked the date, and the library looks at the machine's.
  const timestamp = readOption(options, 'timestamp', isSeconds, expected) ?? clock.machineSeconds();
  return new Pushes({ appId, ...push }).message(message, { timestamp });
}

function isSeconds(value) {
  return Number.isInteger(value) && value >= 0 && value < MAX_SECONDS;
}

module.exports = { wechatOf };
