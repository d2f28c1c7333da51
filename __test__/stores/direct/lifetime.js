'use strict';

// What the short way keeps, and for how long. Needs --expose-gc; the arguments are the URL of a
// redis and the name of one of the cases, and it prints one line of JSON.

const { AsyncLocalStorage } = require('node:async_hooks');
const dns = require('node:dns');
const mpauthx = require('../../..');
const { Connection } = require('../../../lib/direct/connection.js');
const { Direct } = require('../../../lib/direct.js');
const { pause, until } = require('../../support/wait');

const [url, name] = process.argv.slice(2);

/** The connections that have ended, each by a weak reference. */
const ended = [];
const { end } = Connection.prototype;
Connection.prototype.end = function noted() {
  ended.push(new WeakRef(this));
  return end.call(this);
};

/** How many checks the short way has taken, and whose it was that was asked last. */
let taken = 0;
let latest;
const { take } = Direct.prototype;
Direct.prototype.take = function counted(...args) {
  const isTaken = take.apply(this, args);
  latest = this;
  if (isTaken) taken += 1;
  return isTaken;
};

function open(tokens = url) {
  const options = { tokens: { url: tokens, connectTimeout: 200 }, sessions: { mode: 'each' } };
  return mpauthx('app', 'secret', 'shop', new Set(), null, undefined, options);
}

/** Checks a token until that goes the short way. */
async function untilTaken(app, token) {
  const before = taken;
  await until(async () => {
    await app.verify(token);
    return taken > before;
  });
}

async function collected(isDone) {
  await until(() => {
    global.gc();
    return isDone();
  }, 5000).catch(() => {});
  return isDone();
}

const CASES = {
  /** Whether an object that the application drops is collected, with its connection. */
  async dropped() {
    await (async () => {
      const app = open();
      await untilTaken(app, (await app.sessions.issue('o1')).token);
      latest = undefined;
    })();
    return collected(() => ended.length > 0);
  },

  /** Whether connections are collected that have ended, though their object lives. */
  async reconnected() {
    const app = open();
    const { token } = await app.sessions.issue('o1');
    for (let i = 0; i < 3; i += 1) {
      await untilTaken(app, token);
      latest.connection.end();
      latest.notBefore = 0;
    }
    const gone = await collected(() => ended.every((connection) => connection.deref() === undefined));
    await app.verify(token);
    return gone;
  },

  /** Whether a request's context is let go while others keep the short way busy. */
  async context() {
    const storage = new AsyncLocalStorage();
    const app = open();
    const { token } = await app.sessions.issue('o1');
    await untilTaken(app, token);
    await pause(100); // nobody watches for redis any more
    let over = false;
    const busy = async () => {
      while (!over) await app.verify(token);
    };
    const seen = await (async () => {
      const context = { of: 'a request' };
      const called = storage.run(context, () => app.verify(token));
      for (let i = 0; i < 8; i += 1) busy();
      await called;
      return new WeakRef(context);
    })();
    const isLetGo = await collected(() => seen.deref() === undefined);
    over = true;
    return isLetGo;
  },

  /** Whether a token keeps no text alive that it was cut from. */
  async slices() {
    const SIZE = 100_000;
    const app = open();
    const tokens = [];
    for (let i = 0; i < 100; i += 1) tokens.push((await app.sessions.issue(`o${i}`)).token);
    await untilTaken(app, tokens[0]);
    global.gc();
    const before = process.memoryUsage().heapUsed;
    for (const token of tokens) {
      const body = Buffer.from(' '.repeat(SIZE) + token).toString();
      await app.verify(body.slice(SIZE));
    }
    return collected(() => process.memoryUsage().heapUsed - before < (tokens.length * SIZE) / 10);
  },

  /** Whether nothing keeps the process that has found redis at the second address of a name. */
  async addresses() {
    const { lookup } = dns;
    dns.lookup = (host, options, done) => {
      if (host !== 'localhost') return lookup(host, options, done);
      const addresses = [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ];
      return setImmediate(() => (options.all ? done(null, addresses) : done(null, '127.0.0.1', 4)));
    };
    const app = open(url.replace('127.0.0.1', 'localhost'));
    const { token } = await app.sessions.issue('o1');
    await until(async () => {
      await app.verify(token);
      return latest.connection?.isReady;
    });
    return true;
  },
};

CASES[name]().then((result) => {
  console.log(JSON.stringify(result));
  if (name !== 'addresses') process.exit();
});
