'use strict';

const crypto = require('node:crypto');
const { meet } = require('./known-tokens');

/**
 * Writes a token as 1.3.2 does, and returns it. `ttl: null` is its crash between HMSET and EXPIRE.
 */
async function writeLegacyToken(redis, userId, sku, { ctime = Date.now(), ttl = 259200 } = {}) {
  const token = `${userId}|${sku}|${crypto.randomBytes(32).toString('hex')}`;
  await redis.hmset(token, 'ctime', String(ctime));
  if (ttl !== null) await redis.expire(token, ttl);
  return meet(token);
}

module.exports = { writeLegacyToken };
