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

  /** A call of the addon's about a token of ours. `given` reads the other arguments. */
  const onToken = (name, token, given, options, read) =>
    calls.start(
      (call) => {
        const [from, others] = [text(token, 'token'), given()];
        return isOurs(from, readOptions(options, 'skus').skus) && core[name](call, from, ...others);
      },
      read,
      invalid,
    );

  return {
    receive: createReceive(calls, push !== undefined),

    getPhoneNumber(code, options) {
      return calls.start((call) => {
        const { openId } = readOptions(options, 'openId');
        core.phoneNumber(call, text(code, 'code'), openId);
      }, phoneOf);
    },

    decryptData(token, encryptedData, iv, options) {
      const given = () => [bytes(encryptedData, 'encryptedData'), bytes(iv, 'iv')];
      return onToken('decryptData', token, given, options, dataOf);
    },

    checkSignature(token, rawData, signature, options) {
      const given = () => [text(rawData, 'rawData'), text(signature, 'signature')];
      return onToken('checkSignature', token, given, options, answerOf);
    },

    checkSession(token, options) {
      return onToken('checkSession', token, () => [], options, answerOf);
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
      return onToken('sign', token, () => [bytes(data, 'data')], options, textOf);
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
