'use strict';

const { keep, meet, tokenOf } = require('./known-tokens');

// The calls that most tests make, and their answers in brief.

/**
 * Logs a user in with a code of their own, and returns the token. `extra` adds to what WeChat says
 * of them or overrides it.
 */
async function login(app, wechat, openId, extra) {
  const { code, encryptedData, iv } = wechat.user({ openId, extra });
  return meet((await app.authorize(code, encryptedData, iv)).response);
}

/** Replaces the tokens of a user, and returns the new one. */
async function refresh(app, userId) {
  return meet((await app.refreshToken(userId)).response);
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

/** The token that the application has issued to a user, for a device perhaps. */
const issue = async (app, userId, given) => keep(await app.sessions.issue(userId, given));

/** The token that takes the place of another. */
const rotate = async (app, token, given) => keep(await app.sessions.rotate(token, given));

/** The token of a login by code alone. */
const logIn = async (app, code, given) => keep(await app.login(code, given));

/** The tokens of a user's sessions as they are listed, as far as the test has met them. */
async function listed(app, userId) {
  const tokens = [];
  for (const { id } of await app.sessions.list(userId)) tokens.push(await tokenOf(app, userId, id));
  return tokens;
}

/** What rejects because a token is not live. */
const NOT_LIVE = { name: 'MpauthxError', code: 6007, status: 401 };

let count = 0;

/** A user whom no other test has. */
const newUser = () => {
  count += 1;
  return `o-${process.pid}-${count}`;
};

module.exports = { NOT_LIVE, isValid, issue, listed, liveOf, logIn, login, newUser, refresh, rotate };
