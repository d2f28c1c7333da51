'use strict';

// The Error of every function that 1.3.2 does not have. Frameworks answer with what they find on
// it: a status, headers, and a message that a client may read.

const { Refusal, constants, withData } = require('./errors.js');

const { statusCode } = constants;

/** The status of an answer, by the code of the error. */
const STATUS = {
  [statusCode.databaseRelatedError]: 503,
  [statusCode.requiredParamsMissingError]: 400,
  [statusCode.invalidAccessToken]: 401,
  [statusCode.sessionKeyAndOpenIdRequestError]: 503,
  [statusCode.openIdOrUnionIdNotMatch]: 400,
  [statusCode.userNotExistInDB]: 404,
  [statusCode.userInfoDecryptionError]: 400,
};

/**
 * The status where WeChat refused, by its errcode. Not 401: that tells a client to log in.
 * Source: WeChat's `auth.code2Session` page.
 */
const WECHAT_STATUS = {
  '-1': 503, // busy
  45009: 503, // all calls of the day are used up
  45011: 429, // too many calls of one user
  40226: 403, // a user at high risk
  ...allAre(400, 40029, 40163, 41008), // the code
  ...allAre(500, 40013, 40125, 40164, 41002, 41004), // our configuration
};
const UNKNOWN_ERRCODE = 502;
const CONFIGURATION = 500;
const UNKNOWN = 500;

/** What stands in place of the message from 500 up: frameworks send it to the client. */
const SENTENCE = {
  [statusCode.databaseRelatedError]: 'The token store or the user table cannot be asked at the moment',
  [statusCode.requiredParamsMissingError]: 'An option of mpauthx that this needs is not set',
  [statusCode.sessionKeyAndOpenIdRequestError]: 'WeChat cannot be asked at the moment',
  [statusCode.unknownError]: 'Internal error in mpauthx',
};

/** After how many seconds a client should try again, by the status. 45011 counts by the minute. */
const RETRY_AFTER = { 503: '5', 429: '60' };

/** Under these names stands what an application, or its framework, has assigned. */
const assigned = { status: Symbol('status'), headers: Symbol('headers'), expose: Symbol('expose') };

class MpauthxError extends Error {
  /** `data`: `{ code, errcode?, errmsg?, rid?, retryable?, cause? }`. */
  constructor(message, data) {
    super(message);
    const { code, errcode, errmsg, rid, retryable, cause } = Object(data);
    withData(this, { code, errcode, errmsg, rid, retryable });
    if (cause !== undefined) hide(this, 'cause', cause);
  }

  get status() {
    return this[assigned.status] ?? statusOf(this);
  }

  set status(value) {
    hide(this, assigned.status, value);
  }

  get statusCode() {
    return this.status;
  }

  set statusCode(value) {
    this.status = value;
  }

  /** The headers of an answer with this error. */
  get headers() {
    return this[assigned.headers] ?? headersOf(this.status);
  }

  set headers(value) {
    hide(this, assigned.headers, value);
  }

  /** Whether a client may read the message. */
  get expose() {
    return this[assigned.expose] ?? this.status < 500;
  }

  set expose(value) {
    hide(this, assigned.expose, value);
  }

  /** The answer with this error, for frameworks on the Fetch API. */
  getResponse() {
    const { code, message, status, headers } = this;
    return new Response(JSON.stringify({ error: { code, message } }), {
      status,
      headers: { ...headers, 'Content-Type': 'application/json; charset=UTF-8', 'Cache-Control': 'no-store' },
    });
  }
}

hide(MpauthxError.prototype, 'name', 'MpauthxError');

/** The error that the addon, or a refusal, tells of. From 500 up what it says stands in `cause`. */
function mpauthxError({ message, kind, code, errcode, errmsg, rid, retryable }) {
  const data = { code, errcode, errmsg, rid, retryable };
  const status = kind === 'configuration' ? CONFIGURATION : statusOf(data);
  if (status < 500) return new MpauthxError(message, data);
  const sentence = SENTENCE[code] || SENTENCE[statusCode.unknownError];
  const error = new MpauthxError(sentence, { ...data, cause: new Error(message) });
  if (kind === 'configuration') error.status = status;
  return error;
}

function invalidToken() {
  return new MpauthxError('The token is not valid: log in again', { code: statusCode.invalidAccessToken });
}

/** What a refusal becomes where `make` makes the errors; all else stays what it is. */
function errorOf(reason, make) {
  return reason instanceof Refusal ? make(reason) : reason;
}

function statusOf({ code, errcode }) {
  if (code === statusCode.sessionKeyAndOpenIdRequestError && errcode !== undefined) {
    return WECHAT_STATUS[errcode] || UNKNOWN_ERRCODE;
  }
  return STATUS[code] || UNKNOWN;
}

function headersOf(status) {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer' };
  return RETRY_AFTER[status] ? { 'Retry-After': RETRY_AFTER[status] } : {};
}

function allAre(status, ...errcodes) {
  return Object.fromEntries(errcodes.map((errcode) => [errcode, status]));
}

/** A property as `message` is one: neither listed nor copied. */
function hide(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}

module.exports = { MpauthxError, errorOf, invalidToken, mpauthxError };
