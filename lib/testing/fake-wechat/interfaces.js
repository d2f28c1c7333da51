'use strict';

// Which interface answers at which path, and whom it serves.

const { refuse } = require('./replies');

/**
 * The interfaces as a function from a request to its reply. `parts` hold what they remember, `app`
 * gives the mini-program that calls, or a refusal, and `wrongApp` refuses credentials.
 */
function interfaces({ parts, app, wrongApp }) {
  const { logins, sessionKeys, accessTokens, phoneNumbers, qrCodes, messages, checks, payment } = parts;
  /** An interface that needs an access token. */
  const authorized = (reply) => (request) => {
    const { appId, refusal } = app(request);
    return refusal ?? reply(request, appId);
  };
  const routes = {
    'GET /sns/jscode2session': ({ query }) =>
      logins.incomplete(query) ?? wrongApp(query) ?? logins.exchange(query.js_code),
    'GET /cgi-bin/token': ({ query }) =>
      accessTokens.incomplete(query) ?? wrongApp(query) ?? accessTokens.ordinary(query),
    'POST /cgi-bin/stable_token': ({ json }) =>
      accessTokens.incomplete(json) ?? wrongApp(json) ?? accessTokens.stable(json),
    'GET /wxa/checksession': authorized(({ query }) => sessionKeys.check(query)),
    'GET /wxa/resetusersessionkey': authorized(({ query }) => sessionKeys.reset(query)),
    'POST /wxa/business/getuserphonenumber': authorized(({ json }, appId) => phoneNumbers.exchange(appId, json)),
    'POST /wxa/getwxacodeunlimit': authorized((request) => qrCodes.draw(request)),
    'POST /cgi-bin/message/subscribe/send': authorized((request) => messages.send(request)),
    'POST /wxa/msg_sec_check': authorized((request) => checks.text(request)),
    'POST /wxa/img_sec_check': authorized((request) => checks.image(request)),
    'POST /xpay/query_user_balance': authorized((request) => payment.balance(request)),
  };
  return (request) => {
    const route = routes[`${request.method} ${request.path}`];
    return route ? route(request) : noRoute(routes, request.path);
  };
}

function noRoute(routes, path) {
  const [other] = Object.keys(routes).filter((route) => route.endsWith(` ${path}`));
  if (!other) return refuse(40066, 'invalid url');
  return other.startsWith('GET') ? refuse(43001, 'require GET method') : refuse(43002, 'require POST method');
}

module.exports = { interfaces };
