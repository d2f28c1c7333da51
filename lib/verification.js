'use strict';

// The check who is logged in: a token's session. Beside the addon's cache of live tokens it keeps
// what their sessions are.

const { invalidToken, mpauthxError } = require('./mpauthx-error.js');
const { skuOf, userOf } = require('./token.js');

class Verification {
  /**
   * @param calls the calls of the object
   * @param cache the limits of the addon's cache; undefined where nothing is cached
   */
  constructor(calls, cache) {
    this.calls = calls;
    this.maxKept = cache === undefined ? 0 : cache.maxTokens;
    /** The sessions of cached tokens, each with the number of the look that has found it. */
    this.kept = new Map();
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
    const known = fresh || this.maxKept === 0 ? undefined : this.cached(token);
    if (known === undefined) return this.checks.ask(token);
    this.calls.stats.cached += 1;
    return Promise.resolve({ ...known });
  }

  /** A rejection of what cannot be a token of ours. */
  refuse() {
    this.calls.stats.refused += 1;
    return Promise.reject(invalidToken());
  }

  cached(token) {
    const look = this.calls.core.cached(token);
    const kept = look > 0 ? this.kept.get(token) : undefined;
    return kept !== undefined && kept.look === look ? kept.session : undefined;
  }

  /** Keeps the session of a token where the addon caches that. */
  found(token, session) {
    const look = this.maxKept === 0 ? 0 : this.calls.core.cached(token);
    if (look === 0) return session;
    this.kept.delete(token); // the newest stands last
    this.kept.set(token, { look, session: { ...session } });
    if (this.kept.size > this.maxKept) this.kept.delete(this.kept.keys().next().value);
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

module.exports = { Verification };
