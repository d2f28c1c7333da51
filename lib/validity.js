'use strict';

// 1.3.2's check of tokens: whether one is live, whatever its sku.

const { failure } = require('./errors.js');

/** How checks of this kind go. Their answers are those of 1.3.2: none, and no Error. */
const VALIDITY = {
  wantsSession: false,
  send: (core, batch, tokens, count) => core.check(batch, tokens, count),
  found: () => undefined,
  refusal: () => undefined,
  fail: failure,
};

/** The function `isTokenValid`, for text. */
function createValidity(calls) {
  const checks = calls.addChecks(VALIDITY);
  return (token) => {
    if (calls.looks.get(token) !== undefined) {
      calls.stats.cached += 1;
      return Promise.resolve();
    }
    return checks.ask(token);
  };
}

module.exports = { createValidity };
