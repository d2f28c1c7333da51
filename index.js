'use strict';

// The face of the addon: it takes arguments, and says what outcomes look like. Rust decides what a
// call does. The syntax is that of Node 14.

const { bytes, candidate, device, grace, option, requireAll, text } = require('./lib/arguments.js');
const { createCalls } = require('./lib/calls.js');
const { readConfig } = require('./lib/config.js');
const { constants, failure, invalidToken } = require('./lib/errors.js');
const { checkpointAtExit } = require('./lib/exit.js');
const native = require('./lib/binding.js');

const { success, userInfoDecryptionError } = constants.statusCode;

checkpointAtExit(native.checkpoint);

function mpauthx(appId, secret, sku, db, redisPass, ttl, options) {
  const calls = createCalls(readConfig(appId, secret, sku, db, redisPass, ttl, options));
  const { core } = calls;

  return {
    authorize(code, encryptedData, iv) {
      return calls.start((call) => {
        requireAll({ code, encryptedData, iv });
        core.authorize(call, text(code, 'code'), bytes(encryptedData, 'encryptedData'), bytes(iv, 'iv'));
      }, tokenOf);
    },

    login(code, loginOptions) {
      return calls.start((call) => core.login(call, text(code, 'code'), device(loginOptions)), loginOf);
    },

    refreshToken(userId) {
      return calls.start((call) => core.refreshToken(call, text(userId, 'userId')), tokenOf);
    },

    isTokenValid(token) {
      return calls.checks.check(candidate(token));
    },

    extractOpenId(token) {
      return native.extractOpenId(tokenText(token));
    },

    extractSku(token) {
      return native.extractSku(tokenText(token));
    },

    sessions: {
      issue(userId, issueOptions) {
        return calls.start((call) => core.issue(call, text(userId, 'userId'), undefined, device(issueOptions)), loginOf);
      },

      inspect(token) {
        return calls.start((call) => core.inspect(call, candidate(token)), inspectionOf, nothing);
      },

      list(userId) {
        return calls.start((call) => core.list(call, text(userId, 'userId')), sessionsOf);
      },

      revoke(token) {
        return calls.start((call) => core.revoke(call, candidate(token)), answerOf, no);
      },

      revokeUser(userId, revokeOptions) {
        return calls.start((call) => {
          core.revokeUser(call, text(userId, 'userId'), option(revokeOptions, 'allSkus') === true);
        }, countOf);
      },

      rotate(token, rotateOptions) {
        return calls.start(
          (call) => core.rotate(call, text(token, 'token'), grace(rotateOptions)),
          rotationOf,
          invalid,
        );
      },
    },

    wechat: {
      getPhoneNumber(code, phoneOptions) {
        return calls.start((call) => {
          const openId = option(phoneOptions, 'openId');
          core.phoneNumber(call, text(code, 'code'), openId === undefined ? undefined : text(openId, 'openId'));
        }, phoneOf);
      },

      decryptData(token, encryptedData, iv) {
        return calls.start(
          (call) =>
            core.decryptData(call, text(token, 'token'), bytes(encryptedData, 'encryptedData'), bytes(iv, 'iv')),
          dataOf,
          invalid,
        );
      },

      checkSignature(token, rawData, signature) {
        return calls.start(
          (call) =>
            core.checkSignature(call, text(token, 'token'), text(rawData, 'rawData'), text(signature, 'signature')),
          answerOf,
          invalid,
        );
      },
    },

    health() {
      return calls.start((call) => core.health(call), healthOf);
    },

    close() {
      return calls.close(nothingOf);
    },

    constants,
  };
}

// What outcomes look like.

const tokenOf = ({ token }) => ({ status_code: success, status_message: 'OK', response: token });

const loginOf = ({ issued: { token, isNewUser, expiresAt } }) => ({ ...tokenOf({ token }), isNewUser, expiresAt });

const rotationOf = ({ issued: { token, expiresAt } }) => ({ ...tokenOf({ token }), expiresAt });

function inspectionOf({ sessions: [session] }) {
  if (!session) return null;
  const { token, ...known } = session;
  return known;
}

function dataOf({ data }) {
  try {
    return JSON.parse(data);
  } catch (_) {
    throw failure({ code: userInfoDecryptionError, message: 'Decrypt userInfo error: the data are nested too deeply' });
  }
}

const sessionsOf = ({ sessions }) => sessions;
const answerOf = ({ is }) => is;
const countOf = ({ count }) => count;
const phoneOf = ({ phone }) => phone;
const healthOf = ({ health }) => health;
const nothingOf = () => undefined;

// What a call gives for a text that cannot be a token.

function invalid() {
  throw invalidToken();
}

const nothing = () => null;
const no = () => false;

function tokenText(token) {
  if (typeof token !== 'string') throw new TypeError('token must be a string');
  return token;
}

module.exports = mpauthx;
module.exports.default = mpauthx;
