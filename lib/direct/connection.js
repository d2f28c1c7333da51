'use strict';

// A connection to redis on the JavaScript thread, for checks alone: an answer wakes no other
// thread. It is used while it leads to a master, and given up at the first thing that is not plain.

const net = require('net');
const { INCOMPLETE, Refusal, Replies } = require('./resp.js');
const { now, setTimeout } = require('../timers.js');

/** In bytes. */
const READ_SIZE = 64 * 1024;

/** As the addon's own connections: sooner than a NAT forgets one. */
const KEEPALIVE = 30_000;

class Connection {
  /**
   * Connects. `on` has the functions `ready()`, `reply(reply)`, which throws at what was not asked,
   * and `end()`, once.
   */
  constructor({ host, port, path, login, logins, connectTimeout }, on) {
    this.on = on;
    this.replies = new Replies();
    /** What the next replies must be: those to the login, then the role and the time. */
    this.steps = [...Array(logins).fill(isOk), isMaster, (reply) => this.setClock(reply, this.sent)];
    this.clock = () => 0;
    /** When the first commands went out. */
    this.sent = 0;
    this.isReady = false;
    this.isEnded = false;
    const place = path ? { path } : { host, port };
    const onread = { buffer: Buffer.allocUnsafe(READ_SIZE), callback: (count, buffer) => this.read(count, buffer) };
    this.socket = net.connect({ ...place, onread });
    this.socket.unref();
    this.socket.on('error', () => {}); // 'close' follows
    this.socket.on('close', () => this.end());
    this.socket.once('connect', () => this.connected());
    this.write(login);
    setTimeout(() => this.isReady || this.end(), connectTimeout).unref();
  }

  /** What was set before counts for the first address of the host alone. */
  connected() {
    this.sent = now();
    this.socket.unref();
    this.socket.setNoDelay(true);
    this.socket.setKeepAlive(true, KEEPALIVE);
  }

  write(bytes) {
    this.socket.write(bytes, 'latin1');
  }

  /** Keeps the process alive, or no longer. */
  hold(isHeld) {
    if (isHeld) this.socket.ref();
    else this.socket.unref();
  }

  /** Lets the connection go. */
  end() {
    if (this.isEnded) return;
    this.isEnded = true;
    this.isReady = false;
    this.socket.destroy();
    this.on.end();
  }

  read(count, buffer) {
    if (this.isEnded) return false;
    try {
      this.replies.add(buffer, count);
      for (let reply = this.replies.next(); reply !== INCOMPLETE && !this.isEnded; reply = this.replies.next()) {
        if (this.isReady) this.on.reply(reply);
        else this.step(reply);
      }
    } catch (_) {
      this.end();
    }
    return !this.isEnded;
  }

  step(reply) {
    if (!this.steps.shift()(reply)) return this.end();
    if (this.steps.length > 0) return undefined;
    this.isReady = true;
    return this.on.ready();
  }

  /** Takes what the server tells of itself, asked then. Throws where it is no master any more. */
  learn(role, time, asked) {
    if (!isMaster(role) || !this.setClock(time, asked)) throw new Error('that is no master any more');
  }

  /**
   * The time on redis' clock, in Unix milliseconds, passes as it does here. It is taken for that at
   * which redis was asked: ahead, it sends checks the ordinary way, and behind, it would let them
   * pass.
   */
  setClock(reply, asked) {
    const [seconds, microseconds] = Array.isArray(reply) ? reply.map(Number) : [];
    const ahead = seconds * 1000 + microseconds / 1000 - asked;
    this.clock = () => ahead + now();
    return Number.isFinite(ahead);
  }
}

/** Whether a server says in its INFO that it is a master. */
function isMaster(reply) {
  return typeof reply === 'string' && /^role:master\r?$/m.test(reply);
}

function isOk(reply) {
  return !(reply instanceof Refusal);
}

module.exports = { Connection };
