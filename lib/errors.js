'use strict';

// The status numbers, and Errors that carry them. They are made here, not in the addon, so that
// `instanceof` holds in every realm.

const native = require('./binding.js');

const statusCode = Object.freeze(Object.fromEntries(native.statusCodes().map(({ name, code }) => [name, code])));
const constants = Object.freeze({ statusCode });

/** The plain Error with which a function of 1.3.2 rejects. */
function failure({ message, code, errcode, errmsg, rid, retryable }) {
  return withData(new Error(message), { code, errcode, errmsg, rid, retryable });
}

/** Gives `error` those of the properties that are set. */
function withData(error, data) {
  for (const [name, value] of Object.entries(data)) if (value !== undefined) error[name] = value;
  return error;
}

/**
 * Why a call cannot be made, or its outcome not be read. The function that was called turns it into
 * an Error of its own kind.
 */
class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function missing(name) {
  return wrong(`Missing ${name} parameter`);
}

/** The refusal of an argument that cannot be used. */
function wrong(message) {
  return new Refusal(statusCode.requiredParamsMissingError, message);
}

module.exports = { Refusal, constants, failure, missing, withData, wrong };
