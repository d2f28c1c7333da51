'use strict';

// The functions of 1.3.2. What they fail with are plain Errors: an application that hands one to
// its framework answers as it did.

const { anyText, bytes, candidate, requireAll } = require('./arguments.js');
const native = require('./binding.js');
const { constants, failure } = require('./errors.js');
const { createValidity } = require('./validity.js');

const { success } = constants.statusCode;

/** The functions, on the `calls` of an object. */
function createContract(calls) {
  const { core } = calls;
  const isLive = createValidity(calls);
  const start = (begin) => calls.start(begin, tokenOf, undefined, failure);

  return {
    authorize(code, encryptedData, iv) {
      return start((call) => {
        requireAll({ code, encryptedData, iv });
        const data = bytes(encryptedData, 'encryptedData', anyText);
        core.authorize(call, anyText(code, 'code'), data, bytes(iv, 'iv', anyText));
      });
    },

    refreshToken(userId) {
      return start((call) => core.refreshToken(call, anyText(userId, 'userId')));
    },

    isTokenValid(token) {
      return isLive(candidate(token));
    },

    extractOpenId(token) {
      return native.extractOpenId(tokenText(token));
    },

    extractSku(token) {
      return native.extractSku(tokenText(token));
    },
  };
}

const tokenOf = ({ token }) => ({ status_code: success, status_message: 'OK', response: token });

function tokenText(token) {
  if (typeof token !== 'string') throw new TypeError('token must be a string');
  return token;
}

module.exports = { createContract };
