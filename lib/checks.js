'use strict';

// Checks of tokens, in batches: the checks of one turn of the event loop cross into the addon
// together, and many verdicts come back on one wake-up. An application checks a token at every
// request, on the one thread that runs its JavaScript.

const { constants } = require('./errors.js');
const { setImmediate } = require('./timers.js');

/** Separates the tokens of a batch. A token that contains it is a batch of its own. */
const SEPARATOR = '\n';

// The verdicts: one character for each token of a batch.
const VALID = '1'.charCodeAt(0);
const INVALID = '0'.charCodeAt(0);
const FAILED = 'e'.charCodeAt(0);

/** The batches of one object that wait for verdicts, of whichever kind, by their numbers. */
class Batches {
  constructor() {
    this.pending = new Map();
    this.last = 0;
  }

  add(batch) {
    const number = this.last;
    this.last = (number + 1) >>> 0; // the addon's numbers have 32 bits
    this.pending.set(number, batch);
    return number;
  }

  settle(checked) {
    const batch = this.pending.get(checked.batch);
    batch.checks.settle(batch, checked);
    if (batch.left > 0) return;
    this.pending.delete(checked.batch);
    batch.checks.calls.unref();
  }
}

/** One kind of check. */
class Checks {
  /**
   * @param calls the calls of the object
   * @param kind  `send(core, batch, tokens, count)` passes tokens to the addon,
   *              `found(token, ...session)` is what the check of a live one resolves with,
   *              `refusal()` what that of another one rejects with, and `fail(error)` what it
   *              rejects with where the store cannot be asked; `wantsSession` says whether it is
   *              more than whether it lives
   */
  constructor(calls, kind) {
    this.calls = calls;
    this.kind = kind;
    this.tokens = [];
    /** The two functions of each token's promise. */
    this.waiting = [];
  }

  ask(token) {
    return new Promise((resolve, reject) => {
      if (!this.calls.direct.take(this, token, resolve, reject)) this.enqueue(token, resolve, reject);
    });
  }

  /** Lets a check go through the addon's threads. */
  enqueue(token, resolve, reject) {
    const isAlone = token.includes(SEPARATOR);
    if (isAlone) this.flush();
    // The checks of all events that are ready now join the batch. Until then the immediate keeps
    // the process alive.
    if (this.tokens.length === 0) setImmediate(flush, this);
    this.tokens.push(token);
    this.waiting.push(resolve, reject);
    if (isAlone) this.flush();
  }

  /**
   * Sends the batch. It is sent before every other call, so that calls reach the addon in the
   * application's order.
   */
  flush() {
    const { calls, kind, tokens, waiting } = this;
    if (tokens.length === 0) return;
    this.tokens = [];
    this.waiting = [];
    const batch = calls.batches.add({ checks: this, tokens, waiting, left: tokens.length });
    calls.ref();
    calls.listenToEvents();
    try {
      kind.send(calls.core, batch, tokens.join(SEPARATOR), tokens.length);
    } catch (error) {
      // The tokens are longer together than a string can be.
      const verdicts = String.fromCharCode(FAILED).repeat(tokens.length);
      const { unknownError } = constants.statusCode;
      calls.batches.settle({ batch, first: 0, verdicts, error: { code: unknownError, message: error.message } });
    }
  }

  /** Settles the promises of a batch from the number `first` on. */
  settle(batch, { first, verdicts, sessions, error }) {
    const { kind } = this;
    const { stats } = this.calls;
    const { tokens, waiting } = batch;
    const found = sessions === undefined ? [] : JSON.parse(sessions);
    for (let i = 0; i < verdicts.length; i += 1) {
      const at = 2 * (first + i);
      const verdict = verdicts.charCodeAt(i);
      if (verdict === VALID) {
        stats.live += 1;
        waiting[at](kind.found(tokens[first + i], ...(found[i] ?? [])));
      } else if (verdict === INVALID) {
        stats.dead += 1;
        waiting[at + 1](kind.refusal());
      } else if (verdict === FAILED) {
        stats.failed += 1;
        waiting[at + 1](kind.fail(error));
      } else continue; // there is no verdict yet
      batch.left -= 1;
    }
  }
}

function flush(checks) {
  checks.flush();
}

module.exports = { Batches, Checks };
