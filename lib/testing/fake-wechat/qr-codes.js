'use strict';

// The codes that lead to a page of a mini-program.
// https://developers.weixin.qq.com/miniprogram/dev/server/API/qrcode-link/qr-code/api_getunlimitedqrcode

const { readJson } = require('./bodies');
const { refuse } = require('./replies');

/** Begins and ends as a JPEG does, and is no text in UTF-8. */
const IMAGE = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');

/** "最大32个可见字符，只支持数字，大小写英文以及部分特殊字符". */
const SCENE = /^[\w!#$&'()*+,/:;=?@\-.~]+$/;
const MAX_SCENE = 32;

const [MIN_WIDTH, MAX_WIDTH] = [280, 1280];
const VERSIONS = ['release', 'trial', 'develop'];

class QrCodes {
  /** `pages` are those of the published mini-program; without, there is every one. */
  constructor(pages) {
    this.pages = pages;
  }

  /** An image, or JSON in its place. */
  draw(request) {
    const { json, refusal } = readJson(request);
    return refusal ?? this.wrong(json) ?? { raw: { headers: { 'Content-Type': 'image/jpeg' }, body: IMAGE } };
  }

  wrong({ scene, page = '', check_path: checked = true, env_version: version = 'release', width = 430 }) {
    if (typeof scene !== 'string' || scene === '' || scene.length > MAX_SCENE) {
      return refuse(40169, 'invalid length for scene, or the data is not json string', ' ');
    }
    if (!SCENE.test(scene)) return refuse(40129, 'invalid scene', ' ');
    if (/scancode_time/.test(`${page} ${scene}`)) return refuse(85096, 'not allow include scancode_time field', ' ');
    if (typeof page !== 'string' || /^\/|\?/.test(page)) return refuse(41030, 'invalid page', ' ');
    if (checked && page && this.pages && !this.pages.includes(page)) return refuse(41030, 'invalid page', ' ');
    if (typeof checked !== 'boolean') return refuse(47001, 'data format error', ' ');
    if (!(width >= MIN_WIDTH && width <= MAX_WIDTH) || !VERSIONS.includes(version)) {
      return refuse(40097, 'invalid args', ' ');
    }
  }
}

module.exports = { QrCodes, IMAGE };
