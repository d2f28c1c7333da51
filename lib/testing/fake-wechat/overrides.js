'use strict';

// What a test wants answered in place of what WeChat would say.

const LOGIN = '/sns/jscode2session';

class Overrides {
  constructor(logins) {
    this.logins = logins;
    this.codes = new Map();
    this.paths = new Map();
    this.reply = () => undefined;
  }

  /** A login code that answers so, as often as it is sent. */
  answer(code, reply) {
    this.codes.set(code, reply);
  }

  /** The code is WeChat's own again. */
  forget(code) {
    this.codes.delete(code);
  }

  /** One reply for each of the next requests of a path. */
  interrupt(path, replies) {
    this.paths.set(path, [...(this.paths.get(path) ?? []), ...replies]);
  }

  /** What every request is answered with, where it gives anything. */
  intercept(reply = () => undefined) {
    this.reply = reply;
  }

  /** The reply that a request gets, or undefined. */
  for(request) {
    return this.reply(request) ?? this.replyOnce(request);
  }

  replyOnce({ method, path, query }) {
    const next = this.paths.get(path)?.shift();
    if (next) return next;
    const isLogin = method === 'GET' && path === LOGIN && !this.logins.incomplete(query);
    return isLogin ? this.codes.get(query.js_code) : undefined;
  }
}

module.exports = { Overrides };
