'use strict';

// Calls into the addon: each is sent with a number, and its outcome comes back with that number,
// many outcomes at a time.

const { AsyncResource } = require('async_hooks');
const { Batches, Checks } = require('./checks.js');
const native = require('./binding.js');
const { publish, subscribed } = require('./channels.js');
const { constants, failure } = require('./errors.js');
const { createDirect } = require('./direct.js');
const { causeOf } = require('./host.js');
const { createLooks } = require('./looks.js');
const { errorOf, mpauthxError } = require('./mpauthx-error.js');
const { inAuthNames } = require('./options.js');
const { Stats } = require('./stats.js');
const { clearInterval, setInterval } = require('./timers.js');

/** The longest delay of a timer, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

/** The calls of one object, and those among them that are pending. */
class Calls {
  /**
   * @param host    answers the addon's requests to the application; undefined where there are none
   * @param isFront whether what is told has the names of options that `createAuth` has
   */
  constructor(host, isFront) {
    this.host = host;
    this.isFront = isFront;
    this.core = null;
    /** What is known of cached tokens. */
    this.looks = null;
    this.receiver = receiverOf(new WeakRef(this));
    this.batches = new Batches();
    this.checks = [];
    /** The short way of checks. */
    this.direct = null;
    this.pending = new Map();
    this.stats = new Stats();
    /** Of which events the addon tells. */
    this.topics = 0;
    this.last = 0;
    this.refs = 0;
    this.timer = null;
    /**
     * The context of the factory, for what no call asked for and what is told on channels. The
     * timer is made in it, too: a timer keeps the context in which it is made, and that of a call
     * must not outlive the call.
     */
    this.context = new AsyncResource('mpauthx', { requireManualDestroy: true });
    this.isClosed = false;
    this.isMuted = false;
  }

  /** Adds a kind of check; see {@link Checks}. */
  addChecks(kind) {
    const checks = new Checks(this, kind);
    this.checks.push(checks);
    return checks;
  }

  /**
   * Sends a call and returns a promise for its outcome. `begin` gets the call's number and sends
   * it, and `read` turns the addon's message into what the promise resolves with. Where `begin`
   * returns false, nothing was sent, and the promise resolves with what `otherwise` returns. The
   * promise rejects with what any of the three throws. `fail` makes the Errors of failed calls.
   */
  start(begin, read, otherwise, fail = mpauthxError) {
    return new Promise((resolve, reject) => {
      this.direct.flush();
      for (const checks of this.checks) checks.flush();
      this.listenToEvents();
      const call = this.last;
      this.last = (call + 1) >>> 0; // the addon's numbers have 32 bits
      this.ref();
      let isSent = false;
      try {
        isSent = begin(call) !== false;
        if (!isSent) resolve(otherwise());
      } catch (reason) {
        reject(errorOf(reason, fail));
      }
      if (!isSent) return this.unref();
      // The application's own code runs in the context of the call that it is needed for.
      const context = this.host && new AsyncResource('mpauthx.call', { requireManualDestroy: true });
      this.pending.set(call, { resolve, reject, read, fail, context });
    });
  }

  /** Lets the addon tell of what somebody has subscribed to by now. */
  listenToEvents() {
    const topics = subscribed();
    if (topics === this.topics) return;
    this.topics = topics;
    this.core.subscribe(topics);
  }

  /** The counters. */
  count() {
    let inFlight = this.pending.size + this.direct.count;
    for (const { left } of this.batches.pending.values()) inFlight += left;
    for (const { tokens } of this.checks) inFlight += tokens.length;
    return this.stats.read(this.core, inFlight);
  }

  close(read) {
    this.direct.close();
    this.looks.close();
    return this.start((call) => {
      this.isClosed = true;
      this.core.close(call);
    }, read);
  }

  /** Keeps this object and the process alive, by a timer, until `unref` was called as often. */
  ref() {
    this.refs += 1;
    if (this.refs > 1) return;
    if (this.isMuted) this.listen();
    this.timer = this.context.runInAsyncScope(setInterval, undefined, () => this, MAX_DELAY);
  }

  unref() {
    this.refs -= 1;
    if (this.refs > 0) return;
    clearInterval(this.timer);
    this.timer = null;
    if (this.isClosed) this.mute();
  }

  /** Lets go of all that counts as open. A call after `close` needs it once more. */
  mute() {
    this.isMuted = true;
    this.core.mute();
    this.context.emitDestroy();
  }

  listen() {
    this.isMuted = false;
    this.core.listen(this.receiver);
    this.context = new AsyncResource('mpauthx', { requireManualDestroy: true });
  }

  receive(messages) {
    this.direct.follow();
    for (const message of messages) {
      if (this.isFront) renameOptions(message);
      if (message.checked) this.batches.settle(message.checked);
      else if (message.hostCall) this.answer(message.hostCall);
      else if (message.event) this.context.runInAsyncScope(publish, undefined, message.event);
      else this.settle(message);
    }
  }

  settle(message) {
    const { resolve, reject, read, fail, context, thrown } = this.pending.get(message.call);
    this.pending.delete(message.call);
    if (context) context.emitDestroy();
    this.unref();
    if (message.error) return reject(message.error.thrown === undefined ? fail(message.error) : thrown);
    try {
      return resolve(read(message));
    } catch (reason) {
      return reject(errorOf(reason, fail));
    }
  }

  /** Answers a request of the addon to the application. */
  async answer({ id, caller, ...request }) {
    const call = this.pending.get(caller);
    // Node 24 and later run what the addon calls in no context at all.
    const { context } = call ?? this;
    try {
      this.core.answer(id, await context.runInAsyncScope(this.host, undefined, request));
    } catch (error) {
      this.core.fail(id, this.causeOf(error, id, request, call));
    }
  }

  /**
   * The cause of a failed host call, in words. What `resolveUser` throws is for its caller as it
   * is: it waits with the call, and the addon gets the number of the host call.
   */
  causeOf(error, id, { method }, call) {
    if (method !== 'resolve' || !call) return causeOf(error);
    call.thrown = error;
    return String(id);
  }
}

/**
 * The function that the addon calls with messages, and keeps. It refers to `calls` weakly, or an
 * object that the application dropped could never be collected. It is made outside of the
 * constructor, as closures of one function share what any of them refers to.
 */
function receiverOf(calls) {
  return (messages) => {
    const receiver = calls.deref();
    if (receiver) receiver.receive(messages);
  };
}

/** Puts the names of options that `createAuth` has into what a message tells. */
function renameOptions({ checked, error = checked?.error, health }) {
  if (error) error.message = inAuthNames(error.message);
  if (!health) return;
  const { tokens, users } = health;
  tokens.warnings = tokens.warnings.map(inAuthNames);
  for (const store of [tokens, users]) if (store.error) store.error = inAuthNames(store.error);
}

function createCalls({ config, host }) {
  const calls = new Calls(host, config.front);
  try {
    calls.core = new native.Core(config, calls.receiver);
  } catch (error) {
    if (error.code === 'InvalidArg') throw new TypeError(error.message);
    throw failure({ code: constants.statusCode.databaseRelatedError, message: `Error: ${error.message}` });
  }
  calls.looks = createLooks(calls.core, config.cache);
  calls.direct = createDirect(calls);
  calls.listenToEvents();
  return calls;
}

module.exports = { Calls, createCalls };
