'use strict';

// Calls into the addon: each goes in with a number, and its outcome comes back under it, many at a time.

const timers = require('timers');
const { Checks } = require('./checks.js');
const native = require('./binding.js');
const { failure } = require('./errors.js');

/** The longest delay that timers take, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

/** The calls that have not been answered. */
class Calls {
  /**
   * @param ask puts the addon's questions to what the application has given
   * @param caches whether checks are cached
   */
  constructor(ask, caches) {
    this.askApplication = ask;
    this.core = null;
    this.checks = new Checks(this, caches);
    this.pending = new Map();
    this.last = 0;
    this.held = 0;
    this.timer = null;
  }

  /**
   * A promise for what `begin` asks for under the number that it is given: for what `read` makes of the outcome; where `begin` says
   * that there is nothing to be asked, by returning false, for what `otherwise` gives. What any of them throws, the promise rejects with.
   */
  start(begin, read, otherwise) {
    return new Promise((resolve, reject) => {
      this.checks.flush();
      const call = this.last;
      this.last = (call + 1) >>> 0; // the addon's numbers have 32 bits
      if (begin(call) === false) return resolve(otherwise());
      this.pending.set(call, { resolve, reject, read });
      this.hold();
    });
  }

  /** Something is pending: until it is released, a timer keeps this and the process alive. */
  hold() {
    this.held += 1;
    if (this.timer === null) this.timer = timers.setInterval(() => this, MAX_DELAY);
  }

  release() {
    this.held -= 1;
    if (this.held > 0) return;
    timers.clearInterval(this.timer);
    this.timer = null;
  }

  receive(messages) {
    for (const message of messages) {
      if (message.checked) this.checks.settle(message.checked);
      else if (message.ask) this.ask(message.ask);
      else this.settle(message);
    }
  }

  settle(message) {
    const { resolve, reject, read } = this.pending.get(message.call);
    this.pending.delete(message.call);
    this.release();
    if (message.error) return reject(failure(message.error));
    try {
      return resolve(read(message));
    } catch (reason) {
      return reject(reason);
    }
  }

  /** Puts a question of the addon's. */
  async ask({ id, ...question }) {
    try {
      this.core.answer(id, await this.askApplication(question));
    } catch (error) {
      this.core.fail(id, causeOf(error));
    }
  }
}

// Rows of a write-ahead log go into their file, so that a copy of the file alone is whole. One listener, however often this is loaded,
// by a test runner say: Node warns of many.
const CHECKPOINTS = Symbol.for('mpauthx.checkpoints');
if (!process[CHECKPOINTS]) {
  process[CHECKPOINTS] = new Set();
  process.on('exit', () => {
    for (const checkpoint of process[CHECKPOINTS]) checkpoint();
  });
}
process[CHECKPOINTS].add(native.checkpoint);

/**
 * What the addon calls with messages, and so keeps. It must reach `calls` weakly, or an object that its application forgot could never
 * go; and it is made out here, for a closure keeps all that any closure beside it uses.
 */
function receiverOf(calls) {
  return (messages) => {
    const receiver = calls.deref();
    if (receiver) receiver.receive(messages);
  };
}

function createCalls({ config, ask }) {
  const calls = new Calls(ask, config.cache !== undefined);
  try {
    calls.core = new native.Core(config, receiverOf(new WeakRef(calls)));
  } catch (error) {
    throw new TypeError(error.message);
  }
  return calls;
}

function causeOf(error) {
  try {
    if (!(error instanceof Object && 'message' in error)) return `${error}`;
    // An AggregateError says nothing itself.
    const [first] = error.errors || [];
    return `${error.message || first?.message || error.code || 'it failed without a message'}`;
  } catch (_) {
    return 'it failed with something that cannot become text';
  }
}

module.exports = { createCalls };
