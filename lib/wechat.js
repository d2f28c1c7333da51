'use strict';

// The functions of `wechat`: what a user's session key serves after the login, WeChat's server API,
// and who calls in its cloud hosting.

const { bytes, text } = require('./arguments.js');
const { readOptions } = require('./call-options.js');
const { identityIn } = require('./cloud-identity.js');
const { constants, Refusal } = require('./errors.js');
const { errorOf, invalidToken, mpauthxError } = require('./mpauthx-error.js');
const { createReceive } = require('./push.js');
const { serverRequest } = require('./server-request.js');

const { sessionKeyAndOpenIdRequestError, userInfoDecryptionError } = constants.statusCode;

/**
 * The functions, on the `calls` of an object with this configuration. `isOurs(token, skus)` says
 * whether a token can be one of those whom a call lets in.
 */
function createWeChat(calls, { appId, secret, cloudAppIds, wechat: { cloud, push } }, isOurs) {
  const { core } = calls;
  const send = (request) => {
    if (cloud && secret !== undefined) expectWithout(secret, request);
    return calls.start((call) => core.request(call, request), request.wantsBytes ? bytesOf : jsonOf);
  };

  return {
    receive: createReceive(calls, push !== undefined),

    getPhoneNumber(code, options) {
      return calls.start((call) => {
        const { openId } = readOptions(options, 'openId');
        core.phoneNumber(call, text(code, 'code'), openId);
      }, phoneOf);
    },

    decryptData(token, encryptedData, iv, options) {
      return calls.start(
        (call) => {
          const from = text(token, 'token');
          const [data, vector] = [bytes(encryptedData, 'encryptedData'), bytes(iv, 'iv')];
          return isOurs(from, readOptions(options, 'skus').skus) && core.decryptData(call, from, data, vector);
        },
        dataOf,
        invalid,
      );
    },

    checkSignature(token, rawData, signature, options) {
      return calls.start(
        (call) => {
          const from = text(token, 'token');
          const [data, signed] = [text(rawData, 'rawData'), text(signature, 'signature')];
          return isOurs(from, readOptions(options, 'skus').skus) && core.checkSignature(call, from, data, signed);
        },
        answerOf,
        invalid,
      );
    },

    checkSession(token, options) {
      return calls.start(
        (call) => {
          const from = text(token, 'token');
          return isOurs(from, readOptions(options, 'skus').skus) && core.checkSession(call, from);
        },
        answerOf,
        invalid,
      );
    },

    async request(path, options) {
      try {
        const given = readOptions(options, 'method', 'query', 'body', 'as', 'timeout', 'retry');
        const request = serverRequest(path, given);
        // At once where it can be: `close` waits for the calls that were made before it.
        return await send(typeof request.then === 'function' ? await request : request);
      } catch (reason) {
        throw errorOf(reason, mpauthxError);
      }
    },

    accessToken(options) {
      return calls.start((call) => core.accessToken(call, readOptions(options, 'invalid').invalid), textOf);
    },

    identify(headers) {
      return cloud ? identityIn(headers, [appId, ...cloudAppIds]) : null;
    },

    sign(token, data, options) {
      return calls.start(
        (call) => {
          const [from, signed] = [text(token, 'token'), bytes(data, 'data')];
          return isOurs(from, readOptions(options, 'skus').skus) && core.sign(call, from, signed);
        },
        textOf,
        invalid,
      );
    },
  };
}

/** In the cloud, requests are not encrypted on their way to the platform. */
function expectWithout(secret, { query, body }) {
  if (query.some((text) => text.includes(secret)) || body?.includes(secret)) {
    throw new TypeError("the app secret must not be sent from WeChat's cloud hosting, where requests are plain http");
  }
}

function dataOf({ data }) {
  try {
    return JSON.parse(data);
  } catch (_) {
    throw new Refusal(userInfoDecryptionError, 'Decrypt userInfo error: the data are nested too deeply');
  }
}

/** The reply of an interface of WeChat's. */
function jsonOf({ data }) {
  try {
    return JSON.parse(data);
  } catch (_) {
    throw new Refusal(sessionKeyAndOpenIdRequestError, "Request to WeChat error: WeChat's reply is not JSON");
  }
}

const answerOf = ({ is }) => is;
const bytesOf = ({ bytes }) => bytes;
const phoneOf = ({ phone }) => phone;
const textOf = ({ data }) => data;

function invalid() {
  throw invalidToken();
}

module.exports = { createWeChat };
