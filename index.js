'use strict';

// The face of the addon: checks arguments, makes promises and Errors, and calls the application's database object.
// What a call does is decided in Rust. The syntax stays within what Node 14 reads.

const timers = require('timers');
const { isMissing, readConfig } = require('./config.js');
const native = require('./native.js');

/** The longest delay that timers take, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

const statusCode = Object.freeze(Object.fromEntries(native.statusCodes().map(({ name, code }) => [name, code])));
const constants = Object.freeze({ statusCode });

function mpauthx(appId, secret, sku, db, redisPass, ttl, options) {
  const { config, ask } = readConfig(appId, secret, sku, db, redisPass, ttl, options);
  const calls = new Calls(ask);
  const core = createCore(config, receiverOf(new WeakRef(calls)));
  calls.core = core;

  return {
    authorize(code, encryptedData, iv) {
      return calls.start((call) => {
        for (const [name, value] of Object.entries({ code, encryptedData, iv })) {
          if (isMissing(value)) throw missing(name);
        }
        core.authorize(call, text(code, 'code'), bytes(encryptedData, 'encryptedData'), bytes(iv, 'iv'));
      });
    },

    refreshToken(userId) {
      return calls.start((call) => {
        if (isMissing(userId)) throw missing('userId');
        core.refreshToken(call, text(userId, 'userId'));
      });
    },

    isTokenValid(token) {
      return calls.start((call) => {
        let candidate;
        try {
          candidate = `${token}`;
        } catch (_) {
          throw undefined;
        }
        if (!core.isTokenValid(call, candidate)) throw undefined;
      });
    },

    extractOpenId(token) {
      return native.extractOpenId(tokenText(token));
    },

    extractSku(token) {
      return native.extractSku(tokenText(token));
    },

    health() {
      return calls.start((call) => core.health(call));
    },

    close() {
      return calls.start((call) => core.close(call));
    },

    constants,
  };
}

/** The calls that have not been answered. While there are some, a timer keeps them and the process alive. */
class Calls {
  constructor(ask) {
    this.askObject = ask;
    this.core = null;
    this.pending = new Map();
    this.last = 0;
    this.hold = null;
  }

  /** A promise for what `begin` asks for under the number that it is given. What `begin` throws, the promise rejects with. */
  start(begin) {
    return new Promise((resolve, reject) => {
      const call = this.last;
      this.last = (call + 1) >>> 0; // the addon's numbers have 32 bits
      begin(call);
      this.pending.set(call, { resolve, reject });
      if (this.hold === null) this.hold = timers.setInterval(() => this, MAX_DELAY);
    });
  }

  receive(messages) {
    for (const message of messages) {
      if (message.ask) this.ask(message.ask);
      else this.settle(message);
    }
  }

  settle({ call, token, valid, health, error }) {
    const { resolve, reject } = this.pending.get(call);
    this.pending.delete(call);
    if (this.pending.size === 0) {
      timers.clearInterval(this.hold);
      this.hold = null;
    }
    if (error) reject(failure(error));
    else if (token !== undefined) resolve({ status_code: statusCode.success, status_message: 'OK', response: token });
    else if (valid === false) reject(undefined);
    else resolve(health);
  }

  /** Puts a question to the application's object. */
  async ask({ id, ...question }) {
    try {
      this.core.answer(id, Array.from((await this.askObject(question)) || [], nameOf));
    } catch (error) {
      this.core.fail(id, causeOf(error));
    }
  }
}

/** What a row has under `name`: for a row about a column, that is the column's. */
function nameOf(row) {
  return row && typeof row.name === 'string' ? row.name : '';
}

// Rows of a write-ahead log go into their file, so that a copy of the file alone is whole.
process.on('exit', native.checkpoint);

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

function createCore(config, wake) {
  try {
    return new native.Core(config, wake);
  } catch (error) {
    throw new TypeError(error.message);
  }
}

function causeOf(error) {
  try {
    return `${error instanceof Object && 'message' in error ? error.message : error}`;
  } catch (_) {
    return 'the database object failed with something that cannot become text';
  }
}

function failure({ message, ...data }) {
  return Object.assign(new Error(message), data);
}

function missing(name) {
  return failure({ code: statusCode.requiredParamsMissingError, message: `Missing ${name} parameter` });
}

function text(value, name) {
  try {
    return `${value}`;
  } catch (_) {
    throw unreadable(name, 'text');
  }
}

function unreadable(name, kind) {
  return failure({
    code: statusCode.requiredParamsMissingError,
    message: `The ${name} parameter cannot become ${kind}`,
  });
}

/** Bytes as they are, anything else as text. Not `instanceof`: a Buffer may come from another realm. */
function bytes(value, name) {
  if (!ArrayBuffer.isView(value)) return text(value, name);
  try {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  } catch (_) {
    throw unreadable(name, 'bytes');
  }
}

function tokenText(token) {
  if (typeof token !== 'string') throw new TypeError('token must be a string');
  return token;
}

module.exports = mpauthx;
module.exports.default = mpauthx;
