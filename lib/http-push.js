'use strict';

// The route on which WeChat pushes messages: what it gives the application's handler, and answers.

const { constants } = require('./errors.js');
const { NO_STORE, errorAnswer, refusal } = require('./http.js');
const { MpauthxError } = require('./mpauthx-error.js');
const { MAX_BYTES, giveBack, receives } = require('./push.js');

/** What a handler returned, or the query held, is no page to a browser. */
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff', ...NO_STORE };

const METHODS = ['GET', 'POST'];

/** An auth object with the application's handler of messages, and the options of the route. */
class Push {
  /** Throws a TypeError for what cannot work; `known` has the type of each option there is. */
  constructor(auth, handler, options, known = { onError: 'function' }) {
    if (typeof Object(Object(auth).wechat).receive !== 'function') {
      throw new TypeError('The first argument must be what createAuth returns');
    }
    if (typeof handler !== 'function') throw new TypeError('The second argument must be the handler of messages');
    if (!receives(auth)) throw new TypeError('Messages cannot be received: wechat.push is not set in the options');
    for (const [name, value] of Object.entries(Object(options))) {
      if (!Object.keys(known).includes(name)) throw new TypeError(`Unknown option ${name}`);
      if (value !== undefined && typeof value !== known[name]) {
        throw new TypeError(`The option ${name} must be a ${known[name]}`);
      }
    }
    this.auth = auth;
    this.handler = handler;
    this.options = { ...options };
  }

  /**
   * What a request is answered with. Rejects with what is wrong with it, and where the handler
   * failed. A call is what is known of a request:
   *
   * - `request`: what the handler is given beside the message
   * - `url`: with the query
   * - `body()`: a promise for the bytes of the body
   */
  async answer(method, { request, url, body }) {
    if (!METHODS.includes(method)) return notAllowed();
    const [, query = ''] = /\?([^#]*)/.exec(url) || [];
    const given = { query: new URLSearchParams(query), body: method === 'GET' ? undefined : await body() };
    const received = await this.auth.wechat.receive(given);
    if (received.message === null) return text(received.reply);
    try {
      const reply = await this.handler(received.message, request);
      return text(typeof reply === 'string' ? reply : received.reply);
    } catch (reason) {
      await giveBack(received).catch(() => {});
      throw new MpauthxError('Internal error', { code: constants.statusCode.unknownError, cause: reason });
    }
  }
}

/** A copy of the headers each time: servers put the length of the body there. */
const text = (reply) => ({ status: 200, headers: { ...TEXT }, text: reply });

function notAllowed() {
  const { status, headers, text: body } = errorAnswer(refusal(405, `The method must be ${METHODS.join(' or ')}`));
  return { status, headers: { ...headers, Allow: METHODS.join(', ') }, text: body };
}

module.exports = { MAX_BYTES, Push };
