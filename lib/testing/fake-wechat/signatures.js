'use strict';

const crypto = require('node:crypto');

/** WeChat signs with keys as they are written: a session key is not decoded from base64. */
function hmac(key, data) {
  return crypto.createHmac('sha256', key).update(data).digest('hex');
}

module.exports = { hmac };
