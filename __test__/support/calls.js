'use strict';

// The calls that most tests make, and their answers in brief.

/**
 * Logs a user in with a code of their own, and returns the token. `extra` adds to what WeChat says
 * of them or overrides it.
 */
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

/**
 * The tokens that went through these functions, by the ids of their sessions: a list of sessions has
 * none.
 */
const tokens = new Map();

/** Keeps the token of a login, and returns it. */
const kept = ({ id, token }) => {
  tokens.set(id, token);
  return token;
};

/** The token that the application has issued to a user, for a device perhaps. */
const issue = async (app, userId, given) => kept(await app.sessions.issue(userId, given));

/** The token that takes the place of another. */
const rotate = async (app, token, given) => kept(await app.sessions.rotate(token, given));

/** The token of a login by code alone. */
const logIn = async (app, code, given) => kept(await app.login(code, given));

/**
 * The tokens that are listed of a user. Those of 1.3.2's functions, and of other processes, are
 * `known` to the test.
 */
async function listed(app, userId, known = []) {
  for (const token of known) {
    const session = await app.sessions.inspect(token);
    if (session) tokens.set(session.id, token);
  }
  return (await app.sessions.list(userId)).map(({ id }) => tokens.get(id) || `an unknown token of session ${id}`);
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
