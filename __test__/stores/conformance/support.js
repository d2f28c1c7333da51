'use strict';

const { rejection } = require('../../support');

/** Logs a user in with a code of their own, and returns the token. `extra` adds to what WeChat says of them or overrides it. */
async function login(app, wechat, openId, extra) {
  const { code, encryptedData, iv } = wechat.user({ openId, extra });
  return (await app.authorize(code, encryptedData, iv)).response;
}

/** Replaces the tokens of a user, and returns the new one. */
async function refresh(app, userId) {
  return (await app.refreshToken(userId)).response;
}

/** Whether the token is live; any answer but the two of the contract is thrown. */
function isValid(app, token) {
  return app.isTokenValid(token).then(
    () => true,
    (reason) => {
      if (reason === undefined) return false;
      throw reason;
    },
  );
}

/** Those of the tokens that are live, each once. */
async function liveOf(app, tokens) {
  const live = [];
  for (const token of new Set(tokens)) if (await isValid(app, token)) live.push(token);
  return live;
}

/** A user table in which everybody stands already, for tests of tokens alone. */
const everybody = () => ({
  all: (_sql, callback) => setImmediate(callback, null, [{ openId: 'somebody' }]),
  run: (_sql, callback) => setImmediate(callback, null),
});

/** The reasons for which all of the promises reject. */
const rejections = (...promises) => Promise.all(promises.map(rejection));

/** The answers of `count` calls made at once. */
const atOnce = (count, call) => Promise.all(Array.from({ length: count }, (_, i) => call(i)));

module.exports = { login, refresh, isValid, liveOf, everybody, atOnce, rejections };
