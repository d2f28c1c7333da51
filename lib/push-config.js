'use strict';

// The option `wechat.push`: what stands in WeChat's console about the message push.

const { checked, isMissing, isText } = require('./options.js');

// Source: what WeChat's console says beside its fields.
const TOKEN = /^[A-Za-z0-9]{3,32}$/;
const KEY = /^[A-Za-z0-9+/]{43}$/;

const NAME = 'options.wechat.push';

/** The option, as the addon takes it; undefined where it is not set. */
function readPush(push, appId) {
  if (isMissing(push)) return undefined;
  const { token, encodingAESKey, plain } = checked(push, NAME);
  if (!isText(token) || !TOKEN.test(token)) throw new TypeError(`${NAME}.token must be 3 to 32 letters and digits`);
  if (plain && encodingAESKey !== undefined) {
    throw new TypeError(`${NAME}: plain and encodingAESKey exclude each other: a plain message is not encrypted`);
  }
  if (!plain && encodingAESKey === undefined) {
    throw new TypeError(`${NAME} needs encodingAESKey, or plain: true where WeChat's console has the plain mode`);
  }
  if (!plain && !KEY.test(encodingAESKey))
    throw new TypeError(`${NAME}.encodingAESKey must be 43 characters of base64`);
  if (appId === undefined) throw new TypeError(`${NAME} needs the app id`);
  return { token, encodingAesKey: encodingAESKey };
}

module.exports = { readPush };
