'use strict';

// What the addon's cache told of tokens. It is asked again once anything may have changed, which a
// count in the addon's memory tells: on the way of a request through a framework, even a short
// visit in the addon costs as much as a check that asks redis.

const { isFake, now } = require('./timers.js');

/**
 * A token is looked at anew so often, in milliseconds, whatever happens: the addon watches over its
 * connection while it is asked.
 */
const MAX_AGE = 1000;

class Looks {
  /** @param maxTokens of how many tokens something is kept */
  constructor(core, maxTokens) {
    this.core = core;
    this.maxTokens = maxTokens;
    /** By the tokens; who came last stands last. */
    this.kept = new Map();
    /** The count, in an array; null where it is not to be had, and every look asks the addon. */
    this.changes = isFake ? null : changesOf(core);
  }

  /** What is kept of a token that is live, `{ session }`; undefined where that is not known. */
  get(token) {
    const known = this.kept.get(token);
    if (known !== undefined && known.changes === this.count() && now() < known.until) return known;
    return this.look(token, known);
  }

  look(token, known) {
    const changes = this.count(); // before the addon is asked: what changes meanwhile is seen
    const time = now();
    const found = this.core.cached(token);
    if (found === null) {
      if (known !== undefined) this.kept.delete(token);
      return undefined;
    }
    const [look, left] = found;
    const kept = known === undefined ? this.add(token) : known;
    if (kept.look !== look) kept.session = undefined; // it may be another by now
    kept.look = look;
    kept.changes = changes;
    kept.until = time + Math.min(left, MAX_AGE);
    return kept;
  }

  add(token) {
    const kept = { look: 0, changes: 0, until: 0, session: undefined };
    this.kept.set(token, kept);
    if (this.kept.size > this.maxTokens) this.kept.delete(this.kept.keys().next().value);
    return kept;
  }

  /** Never the same twice where it is not known. */
  count() {
    return this.changes === null ? NaN : this.changes[0];
  }

  close() {
    this.kept.clear();
    this.changes = null;
  }
}

/** The count, where its array is no copy: some runtimes lend JavaScript no memory. */
function changesOf(core) {
  const changes = core.changes();
  if (changes === null) return null;
  const [before] = changes;
  core.change();
  return changes[0] === before ? null : changes;
}

/** Stands in the place of the looks of an object that caches nothing. */
const NONE = { get: () => undefined, close() {} };

/** @param cache the limits of the addon's cache; undefined where nothing is cached */
function createLooks(core, cache) {
  return cache === undefined ? NONE : new Looks(core, cache.maxTokens);
}

module.exports = { createLooks };
