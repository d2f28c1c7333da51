'use strict';

/** All defaults. Times are milliseconds unless a comment says otherwise. */
const DEFAULTS = {
  /** Seconds; as in 1.3.2. */
  ttl: 259200,
  /** 1.3.2 connects to this redis. */
  redis: { url: 'redis://127.0.0.1:6379', connectTimeout: 2000, deadline: 5000 },
  wechat: { endpoint: 'https://api.weixin.qq.com', timeout: 10000, retries: 0 },
  /** This `max` is no limit: it is the largest number that the addon takes. */
  sessions: { mode: 'shared', max: 2 ** 32 - 1 },
  cache: { maxTokens: 10000, maxAge: 1000 },
  sessionKeys: false,
  createTable: false,
  /** For how many seconds a rotated token stays valid. */
  grace: 10,
};

/** The defaults of `createAuth`, where they are others. */
const AUTH_DEFAULTS = { sessions: { mode: 'each', max: 10 }, layout: 'tagged' };

module.exports = { AUTH_DEFAULTS, DEFAULTS };
