'use strict';

const { until } = require('../../support');

/**
 * The keys in which the tokens of a user and sku are listed, and the time of the last refresh
 * stands.
 */
const indexKey = (userId, sku = 'shop') => `mpauthx:{u:${userId}|${sku}}`;
const sinceKey = (userId, sku = 'shop') => `${indexKey(userId, sku)}:since`;

/** The same in the tagged layout. */
const taggedKeys = (userId, sku = 'shop') => {
  const index = `${indexKey(userId, sku)}:t`;
  return { index, since: `${index}:since` };
};

/** The note of a token's session, by the index that lists it. */
const noteKey = (token, index = indexKey(...token.split('|'))) => `${index}:n:${token.slice(-64, -32)}`;

/** Says `done` once all tokens of 1.3.2 have been looked for, something else while they are. */
const markerKey = (sku = 'shop') => `mpauthx:adopted:${sku}`;

/** Names every sku that tokens were issued for. */
const SKUS_KEY = 'mpauthx:skus';

/** The key under which the ids of sessions are made. */
const ID_KEY = 'mpauthx:id-key';

const isAdopted = async (redis, sku) => (await redis.get(markerKey(sku))) === 'done';

const adopted = (redis, sku) => until(() => isAdopted(redis, sku), 20000);

/** The keys of a user's tokens, looked for as 1.3.2 does. */
const records = (redis, userId, sku = 'shop') => redis.keys(`${escapeGlob(userId)}|${escapeGlob(sku)}|*`);

const escapeGlob = (text) => text.replace(/[*?[\]\\]/g, '\\$&');

/** Every key of the redis, with the seconds it has left (-1: for ever). */
async function timesToLive(redis) {
  const keys = await redis.keys('*');
  return new Map(await Promise.all(keys.map(async (key) => [key, await redis.ttl(key)])));
}

/**
 * Adds keys that look like tokens of other people and another sku, `count` of them, in the server
 * itself.
 */
async function addForeignTokens(redis, count) {
  const script = `
    for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
      redis.call('HSET', 'u' .. i .. '|foreign|' .. string.format('%064x', i), 'ctime', '1700000000000')
    end`;
  const slice = 20000;
  for (let from = 1; from <= count; from += slice) await redis.eval(script, 0, from, Math.min(count, from + slice - 1));
}

module.exports = {
  indexKey,
  sinceKey,
  taggedKeys,
  noteKey,
  markerKey,
  ID_KEY,
  SKUS_KEY,
  isAdopted,
  adopted,
  records,
  timesToLive,
  addForeignTokens,
};
