'use strict';

const { commandCalls, issue, isValid, until } = require('../../support');

/** An age that no test outlives: what ends sooner was ended by something else. */
const LONG = { maxAge: 10 * 60 * 1000 };

/** How often redis was asked about a token since it was last told to forget that. */
async function readings(redis) {
  const { hmget = 0, evalsha = 0 } = await commandCalls(redis);
  return hmget + evalsha;
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
