'use strict';

// The check who is logged in: a token's session. What that is, is kept beside what the addon's
// cache told of the token.

const { invalidToken, mpauthxError } = require('./mpauthx-error.js');
const { skuOf, userOf } = require('./token.js');

/**
 * Where a function `verify` has its short way for guards: `known(token, options)` is the session of
 * a token whose session is kept, undefined for every other. It stands with the function, not with
 * the object, so that a `verify` of the application's own goes before it.
 */
const KNOWN = Symbol('known');

class Verification {
  /** @param calls the calls of the object */
  constructor(calls) {
    this.calls = calls;
    this.checks = calls.addChecks({
      wantsSession: true,
      send: (core, batch, tokens, count) => core.verify(batch, tokens, count),
      found: (token, id, issued, expires, seen, device, openId) =>
        this.found(token, sessionOf(token, id, issued, expires, seen, device, openId)),
      refusal: invalidToken,
      fail: mpauthxError,
    });
  }

  /** A promise for the session of a token. With `fresh`, the store is asked whatever is cached. */
  verify(token, fresh) {
    const known = fresh ? undefined : this.known(token);
    return known === undefined ? this.checks.ask(token) : Promise.resolve(known);
  }

  /** The session of a token where that is cached, else undefined. */
  known(token) {
    const kept = this.calls.looks.get(token);
    if (kept === undefined || kept.session === undefined) return undefined;
    this.calls.stats.cached += 1;
    return { ...kept.session };
  }

  /** A rejection of what cannot be a token of ours. */
  refuse() {
    this.calls.stats.refused += 1;
    return Promise.reject(invalidToken());
  }

  /** Keeps the session of a token where the addon caches that. */
  found(token, session) {
    const kept = this.calls.looks.get(token);
    if (kept !== undefined) kept.session = { ...session };
    return session;
  }
}

/** The session that the addon, or redis itself, tells of. */
function sessionOf(token, id, issuedAt, expiresAt, lastSeenAt, device, openId) {
  const session = { id, userId: userOf(token), sku: skuOf(token), issuedAt, expiresAt };
  if (openId !== null) session.openId = openId;
  if (lastSeenAt !== null) session.lastSeenAt = lastSeenAt;
  if (device !== null) session.device = device;
  return session;
}

module.exports = { KNOWN, Verification };
