'use strict';

// The short way of checks: on the JavaScript thread to redis and back, where a check through the
// addon's threads wakes two more. It is an accelerator and decides one thing alone, that a token is
// plainly live. Whatever else comes sends checks the ordinary way, whose rules on outages,
// deadlines and errors stay the only ones: another reply, an error, a server that is no master,
// silence, a connection that closes.

const { Batch } = require('./direct/batch.js');
const { Connection } = require('./direct/connection.js');
const { Records } = require('./direct/records.js');
const { Refusal } = require('./direct/resp.js');
const { Sessions } = require('./direct/sessions.js');
const { isFake, nextTick, now, setImmediate, setTimeout } = require('./timers.js');
const { isPlainToken } = require('./token.js');

/** An object that makes fewer checks needs no connection for them. */
const WORTH = 32;

/** More checks at once go through the threads. */
const MAX_WAITING = 1024;

/** How long redis may be silent, in milliseconds: at most a tenth of a call's deadline. */
const SILENCE = 50;

/** The part of a call's deadline that a check may take before it goes the ordinary way. */
const PART = 1 / 10;

/** How often a connection that is used is asked whether it leads to a master, and its time. */
const LOOK_INTERVAL = 5000;

/** After a failure the next connection is made so much later, in milliseconds; it doubles. */
const MIN_PAUSE = 500;
const MAX_PAUSE = 30_000;

class Direct {
  constructor(calls) {
    this.calls = calls;
    this.sessions = new Sessions(calls.core);
    this.connection = null;
    /** How records are read there, and how long a check and redis' silence may last. */
    this.validity = null;
    this.session = null;
    this.longest = 0;
    this.silence = 0;
    /** How many checks went the ordinary way for want of a connection. */
    this.missed = 0;
    /** Which of the addon's connections there was when this one was made. */
    this.epoch = 0;
    /** The checks of the next batch, and their commands. */
    this.asked = [];
    this.out = '';
    this.isScheduled = false;
    /** The batches that are under way, and how many checks wait in all. */
    this.batches = [];
    this.count = 0;
    this.words = 0;
    this.isWatched = false;
    this.heard = 0;
    this.nextLook = 0;
    this.pause = 0;
    this.notBefore = 0;
  }

  /** Takes a check. Returns false where it must go the ordinary way. */
  take(checks, token, resolve, reject) {
    const { connection } = this;
    if (connection === null) this.connect();
    if (connection === null || !connection.isReady || this.count >= MAX_WAITING || !isPlainToken(token)) return false;
    if (this.count === 0) this.begin();
    const records = checks.kind.wantsSession ? this.session : this.validity;
    this.asked.push({ checks, token, resolve, reject, records });
    this.out += records.command(token);
    this.count += 1;
    if (!this.isScheduled) {
      this.isScheduled = true;
      // A lone one goes out as soon as the code that runs now ends. While others are on their way,
      // those of other events join: each batch is a system call here and one in redis.
      if (this.count === 1) nextTick(flush, this);
      else setImmediate(flush, this);
    }
    return true;
  }

  flush() {
    this.isScheduled = false;
    if (this.asked.length === 0) return;
    const time = now();
    if (this.batches.length === 0) this.heard = time;
    const looks = this.heard > this.nextLook;
    if (looks) this.nextLook = this.heard + LOOK_INTERVAL;
    this.words += 1;
    const batch = new Batch(this.asked, time, looks, String(this.words));
    this.batches.push(batch);
    this.connection.write(batch.commands(this.out));
    this.asked = [];
    this.out = '';
  }

  /**
   * Ends the connection where the addon has let its own go since: the next one may lead to another
   * server, and that alone hears of the sessions that end from then on.
   */
  follow() {
    if (this.connection !== null && this.calls.core.epoch() !== this.epoch) this.connection.end();
  }

  /** Ends the connection for good. Checks that wait go the ordinary way. */
  close() {
    if (this.connection) this.connection.end();
    this.notBefore = Infinity;
  }

  connect() {
    this.missed += 1;
    if (this.missed < WORTH || now() < this.notBefore) return;
    const plan = this.calls.core.direct();
    if (plan === null) return this.rest();
    this.validity = new Records(plan.validity, plan);
    this.session = new Records(plan.session, plan);
    this.longest = plan.deadline * PART;
    this.silence = Math.min(SILENCE, this.longest);
    this.notBefore = Infinity;
    this.epoch = this.calls.core.epoch();
    this.connection = this.calls.context.runInAsyncScope(connect, undefined, plan, new WeakRef(this));
    dropped.register(this, this.connection, this.connection);
  }

  /** Makes no connection for a while. */
  rest() {
    this.pause = Math.min(MAX_PAUSE, Math.max(MIN_PAUSE, 2 * this.pause));
    this.notBefore = now() + this.pause;
  }

  ready() {
    this.calls.stats.connections += 1;
    this.nextLook = now() + LOOK_INTERVAL;
  }

  ended() {
    dropped.unregister(this.connection); // or it would be kept for as long as this object
    this.connection = null;
    this.rest();
    const left = [...this.batches, { asked: this.asked }].flatMap(({ asked }) => asked);
    this.batches = [];
    this.asked = [];
    this.out = '';
    this.count = 0;
    for (const { checks, token, resolve, reject } of left) checks.enqueue(token, resolve, reject);
    held.delete(this);
  }

  /** The first check of several begins to wait. */
  begin() {
    this.connection.hold(true);
    held.add(this);
    if (!this.isWatched) this.watchFor(this.silence);
  }

  watchFor(time) {
    this.isWatched = true;
    this.calls.context.runInAsyncScope(setTimeout, undefined, watch, time, this).unref();
  }

  /** The end of a time in which redis should have been heard of. */
  watch() {
    this.isWatched = false;
    if (this.count === 0) return;
    const left = this.left(now());
    if (left > 0) this.watchFor(left);
    else this.connection.end();
  }

  /** For how long the first of the checks that were sent may still wait for its reply. */
  left(time) {
    const [oldest] = this.batches;
    if (oldest === undefined) return this.silence;
    return Math.min(this.silence - (time - this.heard), this.longest - (time - oldest.sent));
  }

  reply(reply) {
    const batch = this.batches[0];
    if (batch === undefined) throw new Error('nothing was asked');
    batch.add(reply);
    if (!batch.isWhole) return;
    if (batch.looks) this.connection.learn(...batch.told, batch.sent);
    this.heard = now();
    this.calls.stats.latency.note((this.heard - batch.sent) / 1000);
    this.pause = 0;
    this.batches.shift();
    this.count -= batch.asked.length;
    this.settle(batch);
    if (this.count > 0) return;
    this.connection.hold(false);
    held.delete(this);
  }

  settle({ asked, replies }) {
    const time = String(Math.floor(this.connection.clock()));
    for (let i = 0; i < asked.length; i += 1) {
      const reply = replies[i];
      if (!(reply instanceof Refusal) && this.resolve(asked[i], reply, time)) continue;
      const { checks, token, resolve, reject } = asked[i];
      checks.enqueue(token, resolve, reject);
    }
    this.sessions.tell();
  }

  /** Resolves a check. Returns false where its record does not say that the token is live then. */
  resolve(asked, record, time) {
    const { kind } = asked.checks;
    if (kind.wantsSession) return this.sessions.find(asked, record, time);
    if (!asked.records.isLive(record, time)) return false;
    this.calls.stats.direct += 1;
    asked.resolve(kind.found());
    return true;
  }
}

/** The objects whose checks wait. */
const held = new Set();

/** Ends the connection of an object that the application dropped. */
const dropped = new FinalizationRegistry((connection) => connection.end());

/**
 * Makes a connection of `self`, which it must not keep: it is open for longer than that is needed.
 * Not a method, as what closures share keeps all that one of them refers to.
 */
function connect(plan, self) {
  return new Connection(plan, {
    ready: () => self.deref()?.ready(),
    reply: (reply) => self.deref()?.reply(reply),
    end: () => self.deref()?.ended(),
  });
}

function flush(direct) {
  direct.flush();
}

/** Where the event loop stood still, what has come since is read first. */
function watch(direct) {
  setImmediate((late) => late.watch(), direct);
}

/** Stands in the place of the short way where there is none. */
const NONE = { count: 0, take: () => false, flush() {}, follow() {}, close() {} };

function createDirect(calls) {
  // Their sockets are others. A fake timer says nothing of silence.
  if (process.versions.bun || process.versions.deno || isFake) return NONE;
  return new Direct(calls);
}

module.exports = { Direct, createDirect };
