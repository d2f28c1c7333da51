'use strict';

// The status numbers, and Errors that carry them. They are made here, not in the addon, so that
// `instanceof` holds in every realm.

const native = require('./binding.js');

const statusCode = Object.freeze(Object.fromEntries(native.statusCodes().map(({ name, code }) => [name, code])));
const constants = Object.freeze({ statusCode });

function failure({ message, ...data }) {
  return Object.assign(new Error(message), data);
}

function missing(name) {
  return wrong(`Missing ${name} parameter`);
}

/** An Error for an argument that cannot be used. */
function wrong(message) {
  return failure({ code: statusCode.requiredParamsMissingError, message });
}

function invalidToken() {
  return failure({ code: statusCode.invalidAccessToken, message: 'The token is not valid: log in again' });
}

module.exports = { constants, failure, invalidToken, missing, wrong };
