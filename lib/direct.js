'use strict';

// The short way of checks: on the JavaScript thread to redis and back, where a check through the
// addon's threads wakes two more. It is an accelerator and decides one thing alone, that a token is
// plainly live. Whatever else comes sends checks the ordinary way, whose rules on outages,
// deadlines and errors stay the only ones: another reply, an error, a server that is no master,
// silence, a connection that closes.

const { DirectConnection, now } = require('./direct-connection.js');
const { bulk, command } = require('./resp.js');
const { isFake, nextTick, setImmediate, setTimeout } = require('./timers.js');

/** Tokens whose names in redis are plain text, and can be nothing else than a token's. */
const HEX = 64;
const PLAIN = /^[!-{}~]{1,128}\|[ -~]{0,128}\|[0-9a-f]{64}$/;

/** More checks at once go through the threads. */
const MAX_WAITING = 1024;

/** So many may go out as soon as the code that runs now ends; more are sent together. */
const FEW = 4;

/** How long redis may be silent, in milliseconds: at most a tenth of a call's deadline. */
const SILENCE = 50;

/** How often a connection that is used is asked whether it still leads to a master. */
const LOOK_INTERVAL = 5000;

/** After a failure the next connection is made so much later, in milliseconds; it doubles. */
const MIN_PAUSE = 500;
const MAX_PAUSE = 30_000;

/** Where the openid stands in a record that was read whole, and what stands for none. */
const OPEN_ID = 3;
const NO_TEXT = '-';

const TIME = /^\d{13}$/;

/** What is stored of an openid. */
const STORED = /^[\w+/=]*$/;

/** So many descriptions are kept, for so long, in milliseconds. */
const MAX_DESCRIBED = 10_000;
const DESCRIBED_LIFE = 30_000;

const ASCII = /^[ -~]*$/;

const INFO = command('INFO', 'replication');

/** What is asked in place of a token: whether this is still a master. */
const LOOK = { checks: null };

class Direct {
  /** @param plan where redis is, and how records look there; see `direct()` of the addon */
  constructor(calls, plan) {
    this.calls = calls;
    this.plan = plan;
    this.validity = new Question(plan.validity, plan);
    this.session = new Question(plan.session, plan);
    this.silence = Math.min(SILENCE, plan.deadline / 10);
    this.connection = null;
    /** What has been asked and not been answered, in order; what is before `head` has been. */
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
    /** Live tokens whose sessions are to be described. */
    this.found = [];
    /** The id and the openid of sessions, by their tokens. */
    this.described = new Map();
    this.describedUntil = 0;
  }

  /** Takes a check. Returns false where it must go the ordinary way. */
  take(checks, token, resolve, reject) {
    const { connection } = this;
    if (connection === null) this.connect();
    const count = this.waiting.length - this.head;
    if (connection === null || !connection.isReady || count >= MAX_WAITING || !PLAIN.test(token)) return false;
    if (count === 0) this.begin();
    this.waiting.push({ checks, token, resolve, reject });
    this.out += checks.kind.wantsSession ? this.session.ask(token) : this.validity.ask(token);
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

  /** Gives every check that is not answered back to the ordinary way. */
  giveBack() {
    const waiting = [...this.found.splice(0).map(({ asked }) => asked), ...this.waiting.slice(this.head)];
    this.waiting = [];
    this.head = 0;
    this.out = '';
    for (const { checks, token, resolve, reject } of waiting) if (checks) checks.enqueue(token, resolve, reject);
    if (waiting.length > 0) this.idle();
  }

  /** Ends the connection. */
  close() {
    this.notBefore = Infinity;
    if (this.connection) this.connection.end();
  }

  connect() {
    if (now() < this.notBefore) return;
    const self = new WeakRef(this);
    // The connection is open for longer than the object is needed, and must not keep it.
    const on = {
      ready: () => self.deref()?.ready(),
      began: () => self.deref()?.began(),
      reply: (reply) => self.deref()?.reply(reply),
      flushed: () => self.deref()?.settled(),
      end: () => self.deref()?.ended(),
    };
    this.notBefore = Infinity;
    this.connection = this.calls.context.runInAsyncScope(() => new DirectConnection(this.plan, on));
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
    this.giveBack();
  }

  /** The first check of several begins to wait. */
  begin() {
    this.heard = now();
    this.connection.hold(true);
    held.add(this);
    if (this.heard > this.nextLook) {
      this.nextLook = this.heard + LOOK_INTERVAL;
      this.waiting.push(LOOK);
      this.out += INFO;
    }
    if (!this.isWatched) {
      this.isWatched = true;
      setTimeout(watch, this.silence, this).unref();
    }
  }

  /** No check waits any more. */
  idle() {
    held.delete(this);
    if (this.connection) this.connection.hold(false);
  }

  /** The end of a time in which redis should have been heard of. */
  watch() {
    this.isWatched = false;
    if (this.waiting.length === this.head || this.connection === null) return;
    const left = this.silence - (now() - this.heard);
    if (left <= 0) return this.connection.end();
    this.isWatched = true;
    setTimeout(watch, left, this).unref();
    return undefined;
  }

  /** Replies come. */
  began() {
    this.time = String(Math.floor(this.connection.clock()));
  }

  reply(reply) {
    const asked = this.waiting[this.head];
    if (asked === undefined) throw new Error('nothing was asked');
    this.head += 1;
    if (asked === LOOK) {
      if (!this.connection.isMaster(reply)) this.connection.end();
    } else if (!this.isLive(reply, asked)) asked.checks.enqueue(asked.token, asked.resolve, asked.reject);
    else if (asked.checks.kind.wantsSession) this.find(asked, reply);
    else asked.resolve(asked.checks.kind.found());
  }

  /** What came together has been read. */
  settled() {
    this.heard = now();
    if (this.found.length > 0) this.tell();
    const isIdle = this.head === this.waiting.length;
    if (this.head > MAX_WAITING || isIdle) {
      this.waiting.splice(0, this.head);
      this.head = 0;
    }
    if (isIdle) this.idle();
  }

  /** Whether a record says by itself that its token is live, and nothing is to be written down. */
  isLive(record, { checks }) {
    const { fields } = checks.kind.wantsSession ? this.session : this.validity;
    if (!Array.isArray(record) || record.length !== fields.length) return false;
    const [issued, expires] = record;
    if (!isTime(issued) || !(expires === '' || (isTime(expires) && expires > this.time))) return false;
    if (checks.kind.wantsSession && !STORED.test(record[OPEN_ID] ?? '')) return false;
    const seen = record[record.length - 1];
    return this.plan.idle === 0 || (isTime(seen) && Number(this.time) - Number(seen) < this.plan.idle / 10);
  }

  /** Resolves a check with the session of its token, now or once the addon has described it. */
  find(asked, record) {
    const known = this.described.get(asked.token);
    if (known !== undefined && known.stored === record[OPEN_ID]) this.resolve(asked, record, known);
    else this.found.push({ asked, record });
  }

  resolve({ checks, token, resolve }, [issued, expires, device, _openId, seen], { id, openId }) {
    const lastSeen = this.plan.idle === 0 ? null : Number(seen);
    const expiresAt = expires === '' ? null : Number(expires);
    resolve(checks.kind.found(token, id, Number(issued), expiresAt, lastSeen, textOf(device), openId));
  }

  /** Resolves the checks that were found with sessions of which no more is known. */
  tell() {
    const found = this.found.splice(0);
    let lines = '';
    for (const { asked, record } of found) lines += `${asked.token}\n${record[OPEN_ID] ?? NO_TEXT}\n`;
    const described = this.describe(lines);
    this.forget(found.length);
    for (let i = 0; i < found.length; i += 1) {
      const { asked, record } = found[i];
      const [id, openId] = [described[2 * i], described[2 * i + 1]];
      if (id) {
        const known = { stored: record[OPEN_ID], id, openId: openId === NO_TEXT ? null : openId };
        this.described.set(asked.token, known);
        this.resolve(asked, record, known);
      } else asked.checks.enqueue(asked.token, asked.resolve, asked.reject);
    }
  }

  /** Makes room for so many descriptions, and lets go of those that may be old. */
  forget(count) {
    const time = now();
    if (time < this.describedUntil && this.described.size + count <= MAX_DESCRIBED) return;
    this.described.clear();
    this.describedUntil = time + DESCRIBED_LIFE;
  }

  describe(lines) {
    try {
      return this.calls.core.describe(lines).split('\n');
    } catch (_) {
      return [];
    }
  }

}

/** The command that reads some fields of a token's record. */
class Question {
  constructor(fields, { tagged }) {
    this.fields = fields;
    this.isTagged = tagged;
    this.before = `*${fields.length + 2}\r\n${bulk('HMGET')}$`;
    this.after = `\r\n${fields.map(bulk).join('')}`;
  }

  ask(token) {
    const name = this.isTagged ? `mpauthx:{u:${token.slice(0, -HEX - 1)}}:${token.slice(-HEX)}` : token;
    return `${this.before}${name.length}\r\n${name}${this.after}`;
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

/** Whether a field holds a time: Unix milliseconds have thirteen digits until the year 2286. */
function isTime(field) {
  return typeof field === 'string' && TIME.test(field);
}

/** Each byte is one character still. */
function textOf(bytes) {
  return bytes === null || ASCII.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString();
}

/** Stands in the place of the short way where there is none. */
const NONE = { take: () => false, flush() {}, giveBack() {}, close() {} };

function createDirect(calls) {
  // Their sockets are others. A fake timer says nothing of silence.
  if (process.versions.bun || process.versions.deno || isFake) return NONE;
  const plan = calls.core.direct();
  return plan ? new Direct(calls, plan) : NONE;
}

module.exports = { createDirect };
