'use strict';

// The short way of checks: on the JavaScript thread to redis and back, where a check through the
// addon's threads wakes two more. It is an accelerator and decides one thing alone, that a token is
// plainly live. Whatever else comes sends checks the ordinary way, whose rules on outages,
// deadlines and errors stay the only ones: another reply, an error, a server that is no master,
// silence, a connection that closes.

const { Connection, now } = require('./direct/connection.js');
const { Records, isPlain, storedOpenId } = require('./direct/records.js');
const { command } = require('./direct/resp.js');
const { Sessions } = require('./direct/sessions.js');
const { isFake, nextTick, setImmediate, setTimeout } = require('./timers.js');

/** More checks at once go through the threads. */
const MAX_WAITING = 1024;

/** So many go out as soon as the code that runs now ends; with more, those of other events join. */
const FEW = 4;

/** How long redis may be silent, in milliseconds: at most a tenth of a call's deadline. */
const SILENCE = 50;

/** How often a connection that is used is asked whether it still leads to a master. */
const LOOK_INTERVAL = 5000;

/** After a failure the next connection is made so much later, in milliseconds; it doubles. */
const MIN_PAUSE = 500;
const MAX_PAUSE = 30_000;

/** What is asked among the tokens: whether this is still a master. */
const LOOK = { checks: null };
const LOOK_COMMAND = command('INFO', 'replication');

class Direct {
  /** @param plan where redis is, and how records look there; see `direct()` of the addon */
  constructor(calls, plan) {
    this.calls = calls;
    this.plan = plan;
    this.validity = new Records(plan.validity, plan);
    this.session = new Records(plan.session, plan);
    this.sessions = new Sessions(calls.core);
    this.silence = Math.min(SILENCE, plan.deadline / 10);
    this.connection = null;
    /** What has been asked, in order. What is before `head` has been answered. */
    this.waiting = [];
    this.head = 0;
    this.out = '';
    this.isScheduled = false;
    this.isWatched = false;
    this.heard = 0;
    /** On redis' clock, when the replies came that are read now. */
    this.time = '';
    this.nextLook = 0;
    this.pause = 0;
    this.notBefore = 0;
  }

  /** Takes a check. Returns false where it must go the ordinary way. */
  take(checks, token, resolve, reject) {
    const { connection } = this;
    if (connection === null) this.connect();
    const count = this.waiting.length - this.head;
    if (connection === null || !connection.isReady || count >= MAX_WAITING || !isPlain(token)) return false;
    if (count === 0) this.begin();
    this.waiting.push({ checks, token, resolve, reject });
    this.out += this.recordsFor(checks).command(token);
    if (!this.isScheduled) {
      this.isScheduled = true;
      if (count < FEW) nextTick(flush, this);
      else setImmediate(flush, this);
    }
    return true;
  }

  flush() {
    this.isScheduled = false;
    if (this.out === '' || this.connection === null) return;
    const out = this.out;
    this.out = '';
    this.connection.write(out);
  }

  /** Ends the connection for good. Checks that wait go the ordinary way. */
  close() {
    this.notBefore = Infinity;
    if (this.connection) this.connection.end();
  }

  connect() {
    if (now() < this.notBefore) return;
    this.notBefore = Infinity;
    // The connection is open for longer than the object is needed, and must not keep it.
    const self = new WeakRef(this);
    const on = {
      ready: () => self.deref()?.ready(),
      began: () => self.deref()?.began(),
      reply: (reply) => self.deref()?.reply(reply),
      flushed: () => self.deref()?.flushed(),
      end: () => self.deref()?.ended(),
    };
    this.connection = this.calls.context.runInAsyncScope(() => new Connection(this.plan, on));
    dropped.register(this, this.connection);
  }

  ready() {
    this.pause = 0;
    this.nextLook = now() + LOOK_INTERVAL;
  }

  ended() {
    this.connection = null;
    this.pause = Math.min(MAX_PAUSE, Math.max(MIN_PAUSE, 2 * this.pause));
    if (!this.calls.isClosed) this.notBefore = now() + this.pause;
    const left = [...this.sessions.drop(), ...this.waiting.slice(this.head)];
    this.waiting = [];
    this.head = 0;
    this.out = '';
    for (const { checks, token, resolve, reject } of left) if (checks) checks.enqueue(token, resolve, reject);
    held.delete(this);
  }

  /** The first check of several begins to wait. */
  begin() {
    this.heard = now();
    this.connection.hold(true);
    held.add(this);
    if (this.heard > this.nextLook) {
      this.nextLook = this.heard + LOOK_INTERVAL;
      this.waiting.push(LOOK);
      this.out += LOOK_COMMAND;
    }
    if (!this.isWatched) this.watchFor(this.silence);
  }

  watchFor(time) {
    this.isWatched = true;
    setTimeout(watch, time, this).unref();
  }

  /** The end of a time in which redis should have been heard of. */
  watch() {
    this.isWatched = false;
    if (this.waiting.length === this.head || this.connection === null) return;
    const left = this.silence - (now() - this.heard);
    if (left > 0) this.watchFor(left);
    else this.connection.end();
  }

  began() {
    this.heard = now();
    this.time = String(Math.floor(this.connection.clock()));
  }

  reply(reply) {
    const asked = this.waiting[this.head];
    if (asked === undefined) throw new Error('nothing was asked');
    this.head += 1;
    if (asked === LOOK) return this.look(reply);
    const { checks, token, resolve, reject } = asked;
    if (!this.recordsFor(checks).isLive(reply, this.time)) return checks.enqueue(token, resolve, reject);
    if (!checks.kind.wantsSession) return resolve(checks.kind.found());
    if (storedOpenId(reply) === undefined) return checks.enqueue(token, resolve, reject);
    return this.sessions.find(asked, reply);
  }

  look(reply) {
    if (!this.connection.isMaster(reply)) this.connection.end();
  }

  /** What came together has been read. */
  flushed() {
    this.sessions.tell();
    const isIdle = this.head === this.waiting.length;
    if (this.head > MAX_WAITING || isIdle) {
      this.waiting.splice(0, this.head);
      this.head = 0;
    }
    if (!isIdle || this.connection === null) return;
    this.connection.hold(false);
    held.delete(this);
  }

  recordsFor({ kind }) {
    return kind.wantsSession ? this.session : this.validity;
  }
}

/** The objects whose checks wait. */
const held = new Set();

/** Ends the connection of an object that the application dropped. */
const dropped = new FinalizationRegistry((connection) => connection.end());

function flush(direct) {
  direct.flush();
}

/** Where the event loop stood still, what has come since is read first. */
function watch(direct) {
  setImmediate((late) => late.watch(), direct);
}

/** Stands in the place of the short way where there is none. */
const NONE = { take: () => false, flush() {}, close() {} };

function createDirect(calls) {
  // Their sockets are others. A fake timer says nothing of silence.
  if (process.versions.bun || process.versions.deno || isFake) return NONE;
  const plan = calls.core.direct();
  return plan ? new Direct(calls, plan) : NONE;
}

module.exports = { Direct, createDirect };
