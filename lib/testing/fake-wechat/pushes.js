'use strict';

// What WeChat pushes to the server of an application, in the modes of its console.
// https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html

const crypto = require('node:crypto');

/** WeChat pads to blocks of this length, whatever those of AES are. */
const BLOCK = 32;

const CONTENT_TYPES = { json: 'application/json', xml: 'text/xml' };

class Pushes {
  /**
   * What the console has: `mode` is 'plain', 'safe', or 'both' ("兼容模式": the plain message beside
   * the encrypted one), `format` 'json' or 'xml'.
   */
  constructor({ appId, token, encodingAESKey, mode = encodingAESKey ? 'safe' : 'plain', format = 'json' }) {
    Object.assign(this, { appId, token, mode, format });
    this.key = encodingAESKey && Buffer.from(`${encodingAESKey}=`, 'base64');
  }

  /** The request with which WeChat looks whether the server is there. */
  echo({ echostr = String(crypto.randomInt(2 ** 47)), ...given } = {}) {
    return { method: 'GET', query: { ...this.signed(given), echostr }, headers: {} };
  }

  /**
   * A message on its way. `fields` are an object, or text that is sent as it is; `timestamp` and
   * `nonce` are WeChat's own where none are given; `appId` is whom it is encrypted for.
   */
  message(fields, { appId = this.appId, ...given } = {}) {
    const plain = this.write(fields);
    const common = { method: 'POST', headers: { 'Content-Type': CONTENT_TYPES[this.format] } };
    if (this.mode === 'plain') return { ...common, query: this.signed(given), body: Buffer.from(plain) };
    const Encrypt = this.seal(plain, appId);
    const signed = this.signed(given);
    const { timestamp, nonce } = signed;
    const query = { ...signed, encrypt_type: 'aes', msg_signature: this.sign(timestamp, nonce, Encrypt) };
    const beside = this.mode === 'both' ? fields : { ToUserName: fields.ToUserName ?? 'gh_0' };
    return { ...common, query, body: Buffer.from(this.write({ ...beside, Encrypt })) };
  }

  write(fields) {
    if (typeof fields === 'string' || Buffer.isBuffer(fields)) return fields;
    return this.format === 'json' ? JSON.stringify(fields) : `<xml>\n${elements(fields)}\n</xml>`;
  }

  signed({ timestamp = Math.floor(Date.now() / 1000), nonce = crypto.randomInt(2 ** 31) } = {}) {
    const given = { timestamp: String(timestamp), nonce: String(nonce) };
    return { signature: this.sign(given.timestamp, given.nonce), ...given };
  }

  sign(...parts) {
    return crypto
      .createHash('sha1')
      .update([this.token, ...parts].sort().join(''))
      .digest('hex');
  }

  /** Encrypts a message; the length in front of it, and what fills the blocks, can be wrong. */
  seal(plain, appId = this.appId, { length = Buffer.byteLength(plain), padding } = {}) {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(length);
    const whole = Buffer.concat([crypto.randomBytes(16), size, Buffer.from(plain), Buffer.from(appId)]);
    const missing = BLOCK - (whole.length % BLOCK);
    const cipher = crypto.createCipheriv('aes-256-cbc', this.key, this.key.subarray(0, 16)).setAutoPadding(false);
    const filled = Buffer.concat([whole, padding ?? Buffer.alloc(missing, missing)]);
    return Buffer.concat([cipher.update(filled), cipher.final()]).toString('base64');
  }
}

/** Elements as WeChat writes them: texts in CDATA, numbers without. */
function elements(fields) {
  return Object.entries(fields)
    .flatMap(([name, value]) => [value].flat().map((each) => `<${name}>${content(each)}</${name}>`))
    .join('\n');
}

function content(value) {
  if (typeof value === 'object') return elements(value);
  return typeof value === 'number' ? String(value) : `<![CDATA[${value}]]>`;
}

module.exports = { Pushes };
