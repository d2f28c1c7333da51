'use strict';

// What each object was made of, for the doctor: a module that exports its `auth` is its whole
// configuration.

const givens = new WeakMap();

/** Returns `auth`, and remembers what it was made of as long as it lives. */
function remember(auth, given) {
  givens.set(auth, given);
  return auth;
}

/** What `value` was made of: { config, host }; undefined where it is no object of ours. */
function givenOf(value) {
  return givens.get(value);
}

module.exports = { givenOf, remember };
