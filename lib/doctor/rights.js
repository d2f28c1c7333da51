'use strict';

// The rights of the redis user, one by one. Each command that the addon uses is sent on a key of
// the doctor's own, a text that expires by itself: redis looks at the rights before it sees that
// the key is of another type, so nothing is done.

const crypto = require('crypto');
const { askRedis } = require('./ask.js');
const { HEX_LENGTH, join } = require('../token.js');

/** In milliseconds. */
const LIFE = '10000';

/** By right. `key` is a text, so that what is for other types is refused after the rights. */
const COMMANDS = (key) => ({
  '+get': ['GET', key],
  '+hmget': ['HMGET', key, 'f'],
  '+zrange': ['ZRANGE', key, '0', '-1'],
  '+evalsha': ['EVALSHA', '0'.repeat(40), '0'],
  '+eval': ['EVAL', 'return 1', '0'],
  '+ping': ['PING'],
  '+info': ['INFO', 'server'],
  '+type': ['TYPE', key],
  '+hexists': ['HEXISTS', key, 'f'],
  '+hget': ['HGET', key, 'f'],
  '+hset': ['HSET', key, 'f', 'v'],
  '+zadd': ['ZADD', key, '1', 'm'],
  '+zrem': ['ZREM', key, 'm'],
  '+sadd': ['SADD', key, 'm'],
  '+smembers': ['SMEMBERS', key],
  '+pexpire': ['PEXPIRE', key, LIFE],
  '+pttl': ['PTTL', key],
  '+time': ['TIME'],
});

/** What only some need: of 1.3.2's layout, of a Cluster, of the cache. */
const FOR_COMPATIBLE = { '+scan': ['SCAN', '0', 'COUNT', '1'] };
const FOR_CLUSTER = { '+cluster|slots': ['CLUSTER', 'SLOTS'], '+asking': ['ASKING'] };
const FOR_CACHE = { '+client|tracking': ['CLIENT', 'TRACKING', 'OFF'] };

/** Afterwards: the key expires in any case. */
const LAST = (key) => ({ '+persist': ['PERSIST', `${key}:absent`], '+del': ['DEL', key] });

async function lookAtRights(tell, subject) {
  const { tokens, cache } = subject.config;
  const key = `mpauthx:doctor:${crypto.randomBytes(8).toString('hex')}`;
  const [{ error: refused }] = await askRedis(subject, [['SET', key, '1', 'PX', LIFE]]);
  if (refused && !isRight(refused)) return lookAtRefusal(tell, refused);
  const missing = refused && isCommand(refused) ? ['+set'] : [];
  const commands = {
    ...(refused ? reading(key) : COMMANDS(key)),
    ...(tokens.tagged ? {} : FOR_COMPATIBLE),
    ...(tokens.cluster ? FOR_CLUSTER : {}),
    ...(cache && !tokens.cluster ? FOR_CACHE : {}),
    ...(refused ? {} : LAST(key)),
  };
  const names = Object.keys(commands);
  const replies = await askRedis(subject, Object.values(commands));
  const refusals = replies.map(({ error }) => error || '');
  missing.push(...names.filter((_, i) => isCommand(refusals[i])));
  if (isKey(refused) || refusals.some(isKey)) missing.push('~mpauthx:*');
  if (!tokens.tagged && (await lacksTokens(subject))) missing.push('~*|*|*');
  if (missing.length > 0) return tell('redis.rights-missing', { missing });
  return tell('redis.rights', { count: names.length + 1 });
}

/** What a user may be asked who cannot make the key: nothing of this writes. */
function reading(key) {
  const { '+hset': _hset, '+zadd': _zadd, '+sadd': _sadd, ...others } = COMMANDS(key);
  return others;
}

/** 1.3.2's tokens have names without a prefix. */
async function lacksTokens(subject) {
  const [{ error }] = await askRedis(subject, [
    ['HMGET', join('mpauthx-doctor', 'doctor', '0'.repeat(HEX_LENGTH)), 'f'],
  ]);
  return isKey(error);
}

/** Why redis takes no writes of anybody. */
function lookAtRefusal(tell, cause) {
  if (/^READONLY/.test(cause)) return; // that it is a replica has been told
  tell(/^OOM/.test(cause) ? 'redis.full' : 'redis.refuses-writes', { cause });
}

const isRight = (error) => /^NOPERM/.test(error);
const isKey = (error) => isRight(error) && /access a key|access one of the keys/.test(error);
const isCommand = (error) => isRight(error) && !isKey(error);

module.exports = { lookAtRights };
