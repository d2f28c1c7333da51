'use strict';

// Checks of tokens, in batches: the checks of one turn of the event loop cross into the addon
// together, and many verdicts come back on one wake-up. An application checks a token at every
// request, on the one thread that runs its JavaScript.

const { constants, failure } = require('./errors.js');
const { setImmediate } = require('./timers.js');

/** Separates the tokens of a batch. A token that contains it is a batch of its own. */
const SEPARATOR = '\n';

// The verdicts: one character for each token of a batch.
const VALID = '1'.charCodeAt(0);
const INVALID = '0'.charCodeAt(0);
const FAILED = 'e'.charCodeAt(0);

class Checks {
  /**
   * @param calls  counts what is pending
   * @param caches whether the addon may find an answer in its cache
   */
  constructor(calls, caches) {
    this.calls = calls;
    this.caches = caches;
    this.tokens = [];
    /** The two functions of each token's promise. */
    this.waiting = [];
    this.batches = new Map();
    this.last = 0;
  }

  check(token) {
    if (this.caches && this.calls.core.cached(token) > 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const isAlone = token.includes(SEPARATOR);
      if (isAlone) this.flush();
      // The checks of all events that are ready now join the batch. Until then the immediate keeps
      // the process alive.
      if (this.tokens.length === 0) setImmediate(flush, this);
      this.tokens.push(token);
      this.waiting.push(resolve, reject);
      if (isAlone) this.flush();
    });
  }

  /**
   * Sends the batch. It is sent before every other call, so that calls reach the addon in the
   * application's order.
   */
  flush() {
    const { tokens, waiting } = this;
    if (tokens.length === 0) return;
    this.tokens = [];
    this.waiting = [];
    const batch = this.last;
    this.last = (batch + 1) >>> 0; // the addon's numbers have 32 bits
    this.batches.set(batch, { waiting, left: tokens.length });
    this.calls.ref();
    try {
      this.calls.core.check(batch, tokens.join(SEPARATOR), tokens.length);
    } catch (error) {
      // The tokens are longer together than a string can be.
      const verdicts = String.fromCharCode(FAILED).repeat(tokens.length);
      this.settle({
        batch,
        first: 0,
        verdicts,
        error: { code: constants.statusCode.unknownError, message: error.message },
      });
    }
  }

  /** Settles the promises of a batch from the number `first` on. */
  settle({ batch, first, verdicts, error }) {
    const entry = this.batches.get(batch);
    const { waiting } = entry;
    for (let i = 0; i < verdicts.length; i += 1) {
      const at = 2 * (first + i);
      const verdict = verdicts.charCodeAt(i);
      if (verdict === VALID) waiting[at]();
      else if (verdict === INVALID) waiting[at + 1]();
      else if (verdict === FAILED) waiting[at + 1](failure(error));
      else continue; // there is no verdict yet
      entry.left -= 1;
    }
    if (entry.left === 0) {
      this.batches.delete(batch);
      this.calls.unref();
    }
  }
}

function flush(checks) {
  checks.flush();
}

module.exports = { Checks };
