'use strict';

const { issue, isValid, until } = require('../../support');

/** An age that no test outlives: what ends sooner was ended by something else. */
const LONG = { maxAge: 10 * 60 * 1000 };

/** How often redis was asked about a token since it was last told to forget that. */
async function readings(redis) {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/^cmdstat_(?:hmget|evalsha):calls=(\d+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
}

/** How often redis is asked while `doing` goes on. */
async function readingsDuring(redis, doing) {
  const before = await readings(redis);
  await doing();
  return (await readings(redis)) - before;
}

/** The ids of the connections on which redis tells of changes. */
async function trackers(redis) {
  const clients = (await redis.client('LIST')).split('\n');
  return clients.filter((line) => / flags=\w*t/.test(line)).map((line) => Number(/^id=(\d+)/.exec(line)[1]));
}

/** Resolves when a check of the live token does not ask redis. */
const cached = (app, redis, token) =>
  until(async () => (await readingsDuring(redis, () => isValid(app, token))) === 0 && (await isValid(app, token)));

/** A token of the user that is cached. */
async function cachedToken(app, redis, user, given) {
  const token = await issue(app, user, given);
  await cached(app, redis, token);
  return token;
}

module.exports = { LONG, cached, cachedToken, readings, readingsDuring, trackers };
