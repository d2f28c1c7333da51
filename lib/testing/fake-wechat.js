'use strict';

// A WeChat of our own on loopback, for tests and the demo. It answers the requests that the library
// makes as api.weixin.qq.com is documented to, and encrypts user data as wx.getUserInfo does.
// fake-wechat/ holds what it remembers. The tests of applications reach it through ./wechat.js.

const { AccessTokens } = require('./fake-wechat/access-tokens');
const { appAtGateway, isForGateway } = require('./fake-wechat/cloud');
const { ContentChecks } = require('./fake-wechat/content-checks');
const faults = require('./fake-wechat/faults');
const { interfaces } = require('./fake-wechat/interfaces');
const { Logins } = require('./fake-wechat/logins');
const { Overrides } = require('./fake-wechat/overrides');
const { PhoneNumbers } = require('./fake-wechat/phone-numbers');
const { QrCodes } = require('./fake-wechat/qr-codes');
const { refuse, STYLES } = require('./fake-wechat/replies');
const { startServer } = require('./fake-wechat/server');
const { SessionKeys } = require('./fake-wechat/session-keys');
const { SubscribeMessages } = require('./fake-wechat/subscribe-messages');
const { PROFILE, Users, seal } = require('./fake-wechat/users');
const { VirtualPayment } = require('./fake-wechat/virtual-payment');

// The example that WeChat publishes for the decryption of open data.
const sample = Object.freeze(require('./wechat-sample.json'));

/**
 * Resolves once the server listens on a free port; with `tls` ({ key, cert }) it speaks https.
 * `strict` makes a login code good once and for five minutes, as documented; without it a test may
 * send one again. With `appId` and `secret` the server knows that mini-program alone, else every
 * one. `errcode` says how replies carry it: 'absent' where all is well, 'zero', or as 'text'.
 * `limits` are those of forced refreshes ({ forcedADay, forceInterval }), `pages` those that QR
 * codes may lead to, `appKey` signs payments. With `cloud`, plain http is the gateway of cloud
 * hosting: it wants no access token. With `tls` besides, https is there on the same port. `now`
 * gives the time in Unix milliseconds. With `holds: false` it keeps no process alive.
 */
async function startFakeWeChat({ tls, cloud = false, errcode = 'absent', holds = true, ...options } = {}) {
  const requests = [];
  const time = { ahead: 0 };
  const { now = Date.now } = options;
  const parts = makeParts(() => now() + time.ahead, options);
  const reply = interfaces({ parts, app: appFinder(parts.accessTokens, cloud, options), wrongApp: wrongApp(options) });

  const listener = {
    record: (request) => requests.push(request),
    answer: (request) => parts.overrides.for(request) ?? STYLES[errcode](reply(request)),
  };
  const server = await startServer({ tls, plain: cloud, holds, ...listener });

  return {
    endpoint: server.endpoint,

    /** Where the gateway of cloud hosting is reached, with `cloud`. */
    cloudEndpoint: cloud ? server.endpoint.replace('https:', 'http:') : undefined,

    /** Every request so far, in order. */
    requests,

    /** The requests of one path so far. */
    requestsOf: (path) => requests.filter((request) => request.path === path),

    ...userControls(parts),
    ...serverControls(parts),

    /** Lets time pass for WeChat: codes and access tokens grow older. */
    pass(ms) {
      time.ahead += ms;
    },

    /** What wx.getUserInfo tells of everybody. */
    profile: PROFILE,

    seal,
    refuse,
    faults,

    /** Ends the server, requests that still wait for an answer included. */
    close: server.close,
  };
}

function makeParts(now, { strict = false, limits, pages, appKey = 'app-key' }) {
  const sessionKeys = new SessionKeys();
  const logins = new Logins(now, strict, sessionKeys);
  const phoneNumbers = new PhoneNumbers(now);
  return {
    sessionKeys,
    logins,
    phoneNumbers,
    accessTokens: new AccessTokens(now, limits),
    users: new Users({ sample, now, logins, sessionKeys, phoneNumbers }),
    overrides: new Overrides(logins),
    qrCodes: new QrCodes(pages),
    messages: new SubscribeMessages(),
    checks: new ContentChecks(),
    payment: new VirtualPayment(sessionKeys, appKey),
  };
}

/** Which mini-program a request speaks for: by its access token, or at the gateway without one. */
function appFinder(accessTokens, cloud, { appId = sample.appId }) {
  return (request) =>
    cloud && isForGateway(request) ? appAtGateway(request, appId) : accessTokens.appOf(request.query.access_token);
}

function wrongApp({ appId, secret }) {
  return (given) => {
    if (appId !== undefined && given.appid !== appId) return refuse(40013, 'invalid appid');
    if (secret !== undefined && given.secret !== secret) return refuse(40125, 'invalid appsecret');
  };
}

/** What a test does in place of users. */
function userControls({ users, sessionKeys, overrides, messages }) {
  return {
    /** Lets `code` answer with the session of the official sample. */
    sample(code) {
      overrides.forget(code);
      return users.sample(code);
    },

    /**
     * A user calls wx.login and wx.getUserInfo: lets `code` answer with a session of theirs.
     * `extra` adds to the data or overrides it. The session key is their valid one as soon as the
     * code is exchanged.
     */
    user({ openId, unionId, appId, extra, sessionKey }, code) {
      overrides.forget(code);
      return users.user({ openId, unionId, appId, extra, sessionKey }, code);
    },

    /**
     * What wx.getWeRunData and its like give: data of the user, sealed with their valid key. A text
     * is sealed as it is.
     */
    openData: (openId, data, appId) => users.openData(openId, data, appId),

    /** What wx.getUserInfo gives besides: a text, and its signature with the user's valid key. */
    signed: (openId, rawData = '{"nickName":"小程序用户"}') => users.signed(openId, rawData),

    /** The session key that is valid for a user. */
    sessionKey: (openId) => sessionKeys.of(openId),

    /** The user logs in elsewhere: another key is valid, which is given. */
    replaceSessionKey: (openId) => sessionKeys.replace(openId),

    /** The user's key ends, and no other takes its place. */
    endSessionKey: (openId) => sessionKeys.end(openId),

    /**
     * A user presses the button for their phone number: the code that comes of it, good for one
     * exchange.
     */
    phone: ({ appId, openId, phoneNumber = '13800138000', countryCode = '86' } = {}, code) =>
      users.phone({ appId, openId, phoneNumber, countryCode }, code),

    /** The user has not subscribed to messages. */
    refuseMessages: (openId) => messages.refusedBy(openId),

    /** The messages that were sent to users, oldest first. */
    messages: () => [...messages.sent],
  };
}

/** What a test does in place of WeChat itself, and of the application's other servers. */
function serverControls({ accessTokens, overrides, checks }) {
  return {
    /** A text, or the bytes of an image, that content checks find fault with. */
    forbid: (content) => checks.forbid(content),

    /** The access tokens that were given out so far, oldest first. */
    accessTokens: () => accessTokens.values(),

    /**
     * The reply with a stable access token that has so many seconds left: what another server of
     * the application may have got.
     */
    accessToken: ({ appId = sample.appId, expiresIn } = {}) => accessTokens.make('stable', appId, { expiresIn }),

    /** Takes every access token back, as a reset of the secret does. */
    revokeAccessTokens: () => accessTokens.revokeAll(),

    /**
     * Lets `code` answer, as often as it is sent, with an object (sent as JSON), with
     * `{ raw: { status, headers, body } }`, or by a function `(req, res) => …` that does as it
     * likes: hang, cut the connection, drip.
     */
    answer: (code, reply) => overrides.answer(code, reply),

    /**
     * Lets the next requests of a path, whatever they ask, be answered by these replies, one each.
     * `faults` has some.
     */
    interrupt: (path, ...replies) => overrides.interrupt(path, replies),

    /**
     * Lets every request be answered by what `reply` gives for it; where that is nothing, and
     * without `reply`, as ever.
     */
    intercept: (reply) => overrides.intercept(reply),
  };
}

module.exports = { startFakeWeChat, sample };
