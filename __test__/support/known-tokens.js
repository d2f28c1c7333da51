'use strict';

// The tokens that a test has seen. A list of sessions has none, and the tests of stores are about
// tokens.

/** The tokens of each session in the order in which they came, by what they have in common. */
const tokensOf = new Map();

/** What the tokens of a session have in common, by the session's id. */
const byId = new Map();

/** A rotation changes the last 32 digits. */
const nameOf = (token) => token.slice(0, -32);

/** Keeps a token alone, and returns it. */
function meet(token) {
  const name = nameOf(token);
  tokensOf.set(name, (tokensOf.get(name) || new Set()).add(token));
  return token;
}

/** Keeps what a login or a rotation resolved with, and returns its token. */
function keep({ id, token }) {
  byId.set(id, nameOf(token));
  return meet(token);
}

/** The newest token of a user's session with this id; a text that says so where none is known. */
async function tokenOf(app, userId, id) {
  const known = new Set(byId.values());
  const candidates = [...tokensOf].filter(([name]) => name.startsWith(`${userId}|`) && !known.has(name));
  for (const [name, tokens] of byId.has(id) ? [] : candidates) {
    const session = await app.sessions.inspect([...tokens].pop());
    if (session) byId.set(session.id, name);
  }
  return byId.has(id) ? [...tokensOf.get(byId.get(id))].pop() : `an unknown token of the session ${id}`;
}

/** What the tokens of the session with this id have in common; null where none is known. */
const sessionOf = (id) => byId.get(id) || null;

/** The id of a token's session; undefined where it has not been met. */
const idOf = (token) => [...byId].find(([, name]) => name === nameOf(token))?.[0];

module.exports = { idOf, keep, meet, nameOf, sessionOf, tokenOf };
