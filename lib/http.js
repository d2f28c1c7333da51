'use strict';

// What a request means to guards and routes, whichever framework took it: the token that it brings,
// who is logged in, and what an error is answered with.

const { constants } = require('./errors.js');
const { MpauthxError, invalidToken } = require('./mpauthx-error.js');
const { KNOWN } = require('./verification.js');

const { unknownError } = constants.statusCode;

/** Nothing that was answered to one user is kept for the next. */
const NO_STORE = Object.freeze({ 'Cache-Control': 'no-store' });
const JSON_TYPE = 'application/json; charset=utf-8';

/** What nearly every client sends: it needs no closer look. */
const BEARER = 'Bearer ';
const PLAIN_BEARER = /^Bearer [!-~]+$/;

/** What a guard can be told, with the type of each. */
const GUARD_OPTIONS = {
  token: 'function',
  property: 'string',
  optional: 'boolean',
  skus: 'object',
  fresh: 'boolean',
  onError: 'function',
};

/**
 * Where a request that a guard let in has its session; undefined for one without credentials. Not a
 * WeakMap, which costs as much as the rest of a guard does.
 */
const SESSION = Symbol('session');

/** An auth object with the options of a guard, or of routes. */
class Door {
  /** Throws a TypeError for what cannot work; `known` has the type of each option there is. */
  constructor(auth, options, known = GUARD_OPTIONS) {
    if (typeof Object(auth).verify !== 'function') {
      throw new TypeError('The first argument must be what createAuth returns');
    }
    for (const [name, value] of Object.entries(Object(options))) {
      if (!Object.keys(known).includes(name)) throw new TypeError(`Unknown option ${name}`);
      const type = known[name];
      if (value !== undefined && typeof value !== type) throw new TypeError(`The option ${name} must be a ${type}`);
    }
    this.auth = auth;
    this.options = { ...options };
    this.property = this.options.property || 'auth';
    const { skus, fresh } = this.options;
    this.given = skus || fresh ? { ...(skus && { skus }), ...(fresh && { fresh }) } : undefined;
    this.prefix = (this.options.prefix || '').replace(/\/+$/, '');
  }

  /** The token of a request with this Authorization header, or a promise of it; see `found`. */
  tokenOf(request, header) {
    const { token } = this.options;
    return token ? Promise.resolve(token(request)).then(found) : bearerOf(header);
  }

  /** The session of a token. Rejects where there is none, whatever the auth object does. */
  async verify(token) {
    return required(await this.auth.verify(token, this.given));
  }

  /**
   * Who sent a request, where that is known at once: remembers the session and gives it. Undefined
   * says nothing: `enter` is asked then. Each wait takes its time on the thread that has little.
   */
  known(request, header) {
    const look = this.auth.verify[KNOWN];
    const token = look === undefined || this.options.token ? undefined : bearerOf(header);
    const session = token === undefined ? undefined : look(token, this.given);
    if (session !== undefined) request[SESSION] = session;
    return session;
  }

  /** Who sent a request: remembers the session, which is undefined for nobody, and gives it. */
  async enter(request, header) {
    const asked = this.tokenOf(request, header);
    const token = typeof asked === 'string' || asked === undefined ? asked : await asked;
    const isNobody = token === undefined && this.options.optional;
    const session = isNobody ? undefined : required(await this.auth.verify(token, this.given));
    request[SESSION] = session;
    return session;
  }
}

function required(session) {
  if (session) return session;
  throw invalidToken();
}

/** The session of a request that a guard let in. Throws where there is none. */
function getAuth(request) {
  const session = sessionOf(request);
  if (session) return session;
  throw new Error(
    isAdmitted(request)
      ? 'Nobody is logged in: the guard of this request is optional'
      : 'No guard of mpauthx ran before: put one in front of this handler',
  );
}

/** Lets a request in that needs nobody, unless a guard let it in before. */
function admit(request) {
  if (!isAdmitted(request)) Reflect.set(request, SESSION, undefined); // a frozen one stays as it is
}

/** Whether a request was let in, with a session or without. */
const isAdmitted = (request) => SESSION in Object(request);

/** The session of a request that was let in; undefined where nobody was needed. */
const sessionOf = (request) => Object(request)[SESSION];

/** What an application finds; undefined where a request brings no token. */
function found(token) {
  return token === null || token === '' ? undefined : token;
}

/** What follows `Bearer` in an Authorization header; undefined where it has no such credentials. */
function bearerOf(header) {
  if (typeof header === 'string' && PLAIN_BEARER.test(header)) return header.slice(BEARER.length);
  const [, token] = /^bearer(?:[ \t]+(.*))?$/i.exec(textOf(header).trim()) || [];
  return found(token);
}

/** A header's bytes, which Node and the Fetch API give as Latin-1, read as UTF-8. */
function textOf(header) {
  const text = typeof header === 'string' ? header : '';
  return /^[\0-\xff]*[\x80-\xff][\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1').toString() : text;
}

/**
 * An error as a client may see it: one of ours as it is, since its message is written for that. Of
 * another one the status, and below 500 the message, unless it says that it is not to be exposed.
 */
function presentable(reason) {
  if (Object(reason).name === 'MpauthxError') return reason;
  const { status: given, statusCode = given, expose, message, code } = Object(reason);
  const status = Number.isInteger(statusCode) && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
  const isTold = status < 500 && expose !== false;
  const error = new MpauthxError(isTold ? `${message}` : 'Internal error', {
    code: isTold ? code : unknownError,
    cause: reason,
  });
  error.status = status;
  return error;
}

/** An error of a request that is refused for what it is, not for who sent it. */
function refusal(status, message) {
  const error = new MpauthxError(message, { code: constants.statusCode.requiredParamsMissingError });
  error.status = status;
  return error;
}

/** What a request is answered with: `{ status, headers, text }`; without `text`, no body. */
function answer(status, body, headers) {
  if (body === undefined) return { status, headers: { ...headers, ...NO_STORE } };
  return { status, headers: { ...headers, ...NO_STORE, 'Content-Type': JSON_TYPE }, text: JSON.stringify(body) };
}

function errorAnswer(reason) {
  const { status, headers, code, message } = presentable(reason);
  return answer(status, { error: { code, message } }, headers);
}

/** What handlers of errors are given: an Error, whatever was thrown. */
function errorOf(reason) {
  if (Object.prototype.toString.call(reason) === '[object Error]' || reason instanceof Error) return reason;
  return presentable(reason);
}

module.exports = {
  Door,
  GUARD_OPTIONS,
  NO_STORE,
  admit,
  answer,
  errorAnswer,
  errorOf,
  getAuth,
  isAdmitted,
  presentable,
  refusal,
  sessionOf,
  textOf,
};
