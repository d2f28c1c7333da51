'use strict';

const { indexKey, taggedKeys } = require('./support');

const HOUR = 3600000;

/** Makes a user's tokens look as if redis' clock had been an hour ahead when it issued them. */
async function ahead(redis, user, layout) {
  const index = layout === 'tagged' ? taggedKeys(user).index : indexKey(user);
  const listed = await redis.zrange(index, 0, -1, 'WITHSCORES');
  for (let i = 0; i < listed.length; i += 2) {
    const [token, score] = [listed[i], Number(listed[i + 1])];
    const record = layout === 'tagged' ? `${indexKey(user)}:${token.slice(-64)}` : token;
    await redis.zadd(index, score + HOUR, token);
    await redis.hset(record, 'ctime', score + HOUR);
  }
}

module.exports = { ahead };
