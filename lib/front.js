'use strict';

// The functions that 1.3.2 does not have, in both doors. What they fail with are MpauthxErrors.

const { candidate, loginCode, text } = require('./arguments.js');
const { graceOf, readOptions, userIdOf } = require('./call-options.js');
const { wrong } = require('./errors.js');
const { errorOf, invalidToken, mpauthxError } = require('./mpauthx-error.js');
const { isUserId, skuOf } = require('./token.js');
const { KNOWN, Verification } = require('./verification.js');
const { createWeChat } = require('./wechat.js');

/** The `sessions` of the objects in which all logins of a user have one token. */
const shared = new WeakSet();

/** Whether a new token for one client of a user would be one for all. */
const sharesTokens = ({ sessions }) => shared.has(sessions);

/** The functions, on the `calls` of an object with this configuration. */
function createFront(calls, config) {
  const { sku, cache, front: isStrict, resolves } = config;
  const { core } = calls;
  const verification = new Verification(calls);
  const ownSkus = [wellFormed(sku)];

  /** Whether `token` can be one of those whom the call lets in. */
  const isOurs = (token, skus = ownSkus) => skus.includes(skuOf(token));
  const userId = (value) => (isStrict ? strictUserId(value) : text(value, 'userId'));

  function known(token, options) {
    try {
      const { skus, fresh } = options === undefined ? NONE : readOptions(options, 'skus', 'fresh');
      return !fresh && isOurs(token, skus) ? verification.known(token) : undefined;
    } catch (_) {
      return undefined; // `verify` tells of it
    }
  }

  const front = {
    login(code, options) {
      return calls.start((call) => {
        const { device, replace } = readOptions(options, 'device', 'replace');
        core.login(call, loginCode(code), device, replace);
      }, issuedOf);
    },

    verify(token, options) {
      try {
        const { skus, fresh } = options === undefined ? NONE : readOptions(options, 'skus', 'fresh');
        const text = candidate(token);
        return isOurs(text, skus) ? verification.verify(text, fresh) : verification.refuse();
      } catch (reason) {
        return Promise.reject(errorOf(reason, mpauthxError));
      }
    },

    sessions: {
      issue(user, options) {
        return calls.start((call) => {
          const { openId, device, replace } = readOptions(options, 'openId', 'device', 'replace');
          core.issue(call, userId(user), openId, device, replace);
        }, issuedOf);
      },

      inspect(token, options) {
        return calls.start(
          (call) => {
            const { skus } = readOptions(options, 'skus');
            const text = candidate(token);
            return isOurs(text, skus) && core.inspect(call, text);
          },
          firstOf,
          nothing,
        );
      },

      explain(token, options) {
        return calls.start(
          (call) => {
            const { skus } = readOptions(options, 'skus');
            const text = candidate(token);
            return isOurs(text, skus) && core.explain(call, text);
          },
          dataOf,
          unknown,
        );
      },

      list(user, options) {
        return calls.start((call) => {
          const { current } = readOptions(options, 'current');
          core.list(call, userId(user), current);
        }, sessionsOf);
      },

      revoke(token, options) {
        return calls.start(
          (call) => {
            const { skus } = readOptions(options, 'skus');
            const text = candidate(token);
            return isOurs(text, skus) && core.revoke(call, text);
          },
          answerOf,
          no,
        );
      },

      revokeById(user, id) {
        return calls.start((call) => core.revokeById(call, userId(user), text(id, 'id')), answerOf);
      },

      revokeUser(user, options) {
        return calls.start((call) => {
          const { allSkus, except } = readOptions(options, 'allSkus', 'except');
          core.revokeUser(call, userId(user), allSkus === true, except);
        }, countOf);
      },

      rotate(token, options) {
        return calls.start(
          (call) => {
            const given = readOptions(options, 'grace', 'skus');
            const old = text(token, 'token');
            return isOurs(old, given.skus) && core.rotate(call, old, graceOf(given));
          },
          issuedOf,
          invalid,
        );
      },
    },

    wechat: createWeChat(calls, config, isOurs),

    forget(user) {
      return calls.start((call) => core.forget(call, userId(userIdOf(user, resolves))), countOf);
    },

    health() {
      return calls.start((call) => core.health(call), healthOf);
    },

    stats() {
      return calls.count();
    },

    close() {
      return calls.close(() => undefined);
    },
  };
  if (cache !== undefined) front.verify[KNOWN] = known;
  if (!config.sessions.each) shared.add(front.sessions);
  return front;
}

/** No options of a verification, which is to cost little. */
const NONE = {};

/** Text as the addon knows it: what is no character in UTF-16 is one in UTF-8. */
function wellFormed(sku) {
  return Buffer.from(sku).toString();
}

function strictUserId(value) {
  const id = text(value, 'userId');
  if (isUserId(id)) return id;
  throw wrong('The userId parameter must be 1 to 128 visible ASCII characters without a vertical bar');
}

// What outcomes look like.

const issuedOf = ({ issued }) => issued;
const sessionsOf = ({ sessions }) => sessions;
const firstOf = ({ sessions: [session] }) => session || null;
const dataOf = ({ data }) => data;
const answerOf = ({ is }) => is;
const countOf = ({ count }) => count;
const healthOf = ({ health }) => health;

// What a call gives for a text that is no token of ours.

function invalid() {
  throw invalidToken();
}

const nothing = () => null;
const unknown = () => 'unknown';
const no = () => false;

module.exports = { createFront, sharesTokens };
