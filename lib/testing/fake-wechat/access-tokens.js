'use strict';

// The credentials for calls in the mini-program's own name.
// https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-access-token/getStableAccessToken.html

const crypto = require('node:crypto');
const { firstMissing, refuse } = require('./replies');

/** In seconds: "目前是7200秒之内的值". */
const LIFE = 7200;

/** A call within the last five minutes of a token gets a new one; and so long both are good. */
const OVERLAP = 300000;

/** "强制刷新模式每天限用 20 次且需间隔 30 秒": forced again earlier, WeChat gives the same token. */
const LIMITS = Object.freeze({ forcedADay: 20, forceInterval: 30000 });

/** WeChat does not tell when its day begins; here 24 hours are one. */
const DAY = 86400000;

/** What an application must be able to store. */
const LENGTH = 512;

const REQUIRED = [
  ['grant_type', 40002, 'invalid grant_type'],
  ['appid', 41002, 'appid missing'],
  ['secret', 41004, 'appsecret missing'],
];

class AccessTokens {
  /** `limits` are those of forced refreshes, key by key. */
  constructor(now, limits) {
    this.now = now;
    this.limits = { ...LIMITS, ...limits };
    this.issued = new Map();
    this.current = new Map();
    this.forced = new Map();
  }

  incomplete({ grant_type: grantType, ...given }) {
    return firstMissing(REQUIRED, { ...given, grant_type: grantType === 'client_credential' });
  }

  /**
   * /cgi-bin/token: every call gives another token. What it gives and what stable_token gives do
   * not touch each other.
   */
  ordinary({ appid }) {
    this.end(this.current.get(`ordinary ${appid}`), this.now() + OVERLAP);
    return this.make('ordinary', appid);
  }

  /**
   * The token that there is, while more than five minutes of it are left; `force_refresh` ends it
   * at once.
   */
  stable({ appid, force_refresh: force = false }) {
    const token = this.current.get(`stable ${appid}`);
    if (!token || token.revoked) return this.make('stable', appid);
    if (force) return this.force(appid, token);
    if (token.until - this.now() > OVERLAP) return this.shown(token);
    this.end(token, this.now() + OVERLAP);
    return this.make('stable', appid);
  }

  force(appid, token) {
    const now = this.now();
    const today = (this.forced.get(appid) ?? []).filter((time) => now - time < DAY);
    if (now - (today[today.length - 1] ?? -Infinity) < this.limits.forceInterval) return this.shown(token);
    if (today.length >= this.limits.forcedADay) return refuse(45009, 'reach max api daily quota limit', ' ');
    this.forced.set(appid, [...today, now]);
    token.revoked = true;
    return this.make('stable', appid);
  }

  make(kind, appid, { expiresIn = LIFE } = {}) {
    const value = `99_${crypto.randomBytes(LENGTH).toString('base64url')}`.slice(0, LENGTH);
    const token = { value, appid, until: this.now() + expiresIn * 1000, revoked: false };
    this.issued.set(value, token);
    this.current.set(`${kind} ${appid}`, token);
    return this.shown(token);
  }

  shown({ value, until }) {
    return { access_token: value, expires_in: Math.round((until - this.now()) / 1000) };
  }

  end(token, until) {
    if (token) token.until = Math.max(token.until, until);
  }

  /** The mini-program that a token speaks for, or the refusal. */
  appOf(value) {
    if (!value) return { refusal: refuse(41001, 'access_token missing', ' ') };
    const token = this.issued.get(value);
    if (!token || token.revoked) {
      const text =
        'invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken';
      return { refusal: refuse(40001, `${text}, more details at https://mmbizurl.cn/s/JtxxFh33r`, ' ') };
    }
    if (this.now() >= token.until) return { refusal: refuse(42001, 'access_token expired', ' ') };
    return { appId: token.appid };
  }

  values() {
    return [...this.issued.keys()];
  }

  revokeAll() {
    for (const token of this.issued.values()) token.revoked = true;
  }
}

module.exports = { AccessTokens };
