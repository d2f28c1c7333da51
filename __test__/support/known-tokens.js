'use strict';

// The tokens that a test has seen. A list of sessions has none, and the tests of stores are about
// tokens.

/** The newest token of each session, by the session's id. */
const byId = new Map();

/** Tokens of whose session nothing is known yet. */
const seen = new Set();

/** Keeps what a login or a rotation resolved with, and returns its token. */
function keep({ id, token }) {
  byId.set(id, token);
  return token;
}

/** Keeps a token alone, and returns it. */
function meet(token) {
  seen.add(token);
  return token;
}

/** The token of a user's session with this id; a text that says so where it is not known. */
async function tokenOf(app, userId, id) {
  if (byId.has(id)) return byId.get(id);
  for (const token of [...seen].filter((text) => text.startsWith(`${userId}|`))) {
    const session = await app.sessions.inspect(token);
    if (session) byId.set(session.id, token);
  }
  return byId.get(id) || `an unknown token of the session ${id}`;
}

module.exports = { keep, meet, tokenOf };
