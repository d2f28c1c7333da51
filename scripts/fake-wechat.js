'use strict';

// A WeChat of our own on loopback, for the demo and the tests. It answers the requests that the
// library makes as api.weixin.qq.com is documented to, and encrypts user data as wx.getUserInfo
// does. fake-wechat/ holds what it remembers.

const crypto = require('node:crypto');
const http = require('node:http');
const https = require('node:https');
const { AccessTokens } = require('./fake-wechat/access-tokens');
const { Logins } = require('./fake-wechat/logins');
const { PhoneNumbers } = require('./fake-wechat/phone-numbers');
const { refuse, send, STYLES } = require('./fake-wechat/replies');

// The example that WeChat publishes for the decryption of open data.
const sample = Object.freeze(require('./wechat-sample.json'));

/**
 * Resolves once the server listens on a free port; with `tls` ({ key, cert }) it speaks https.
 * `strict` makes a login code good once and for five minutes, as documented; without it a test may
 * send one again. With `appId` and `secret` the server knows that mini-program alone, else every
 * one. `errcode` says how replies carry it: 'absent' where all is well, 'zero', or as 'text'.
 */
async function startFakeWeChat({ tls, strict = false, appId, secret, errcode = 'absent' } = {}) {
  const requests = [];
  const told = new Map();
  const interruptions = new Map();
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const logins = new Logins(now, strict);
  const accessTokens = new AccessTokens(now);
  const phoneNumbers = new PhoneNumbers(now, accessTokens);

  const wrongApp = (given) => {
    if (appId !== undefined && given.appid !== appId) return refuse(40013, 'invalid appid');
    if (secret !== undefined && given.secret !== secret) return refuse(40125, 'invalid appsecret');
  };

  const ROUTES = {
    'GET /sns/jscode2session': ({ query }) =>
      logins.incomplete(query) ?? wrongApp(query) ?? logins.exchange(query.js_code),
    'GET /cgi-bin/token': ({ query }) =>
      accessTokens.incomplete(query) ?? wrongApp(query) ?? accessTokens.ordinary(query),
    'POST /cgi-bin/stable_token': ({ json }) =>
      accessTokens.incomplete(json) ?? wrongApp(json) ?? accessTokens.stable(json),
    'POST /wxa/business/getuserphonenumber': ({ query, json }) => phoneNumbers.exchange(query.access_token, json),
  };

  function answer(request) {
    const { method, path, query } = request;
    const interruption = interruptions.get(path)?.shift();
    if (interruption) return interruption;
    if (path === '/sns/jscode2session' && method === 'GET' && !logins.incomplete(query) && told.has(query.js_code)) {
      return told.get(query.js_code);
    }
    const route = ROUTES[`${method} ${path}`];
    return STYLES[errcode](route ? route(request) : noRoute(path));
  }

  function noRoute(path) {
    const [other] = Object.keys(ROUTES).filter((route) => route.endsWith(` ${path}`));
    if (!other) return refuse(40066, 'invalid url');
    return other.startsWith('GET') ? refuse(43001, 'require GET method') : refuse(43002, 'require POST method');
  }

  function handle(req, res) {
    const url = new URL(req.url, 'http://localhost');
    const request = {
      method: req.method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      rawQuery: url.search.slice(1),
      headers: req.headers,
    };
    requests.push(request);
    if (req.method === 'GET') {
      send(req, res, answer(request));
      return;
    }
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      request.body = Buffer.concat(chunks).toString();
      request.json = readJson(request.body);
      send(req, res, answer(request));
    });
  }

  const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();

  function issue(code, session) {
    told.delete(code);
    logins.issue(code, session);
  }

  return {
    endpoint: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,

    /** Every request so far, in order. */
    requests,

    /** The requests of one path so far. */
    requestsOf: (path) => requests.filter((request) => request.path === path),

    /** Lets `code` answer with the session of the official sample. */
    sample(code = randomCode()) {
      const { sessionKey, iv, encryptedData, openId, unionId } = sample;
      issue(code, { openid: openId, session_key: sessionKey, unionid: unionId });
      return { code, encryptedData, iv };
    },

    /**
     * A user calls wx.login and wx.getUserInfo: lets `code` answer with a session of theirs.
     * `extra` adds to the data or overrides it. The session key is their valid one as soon as the
     * code is exchanged.
     */
    user({ openId, unionId, appId = sample.appId, extra, sessionKey = random16() }, code = randomCode()) {
      const union = unionId === undefined ? {} : { unionId };
      const data = {
        openId,
        ...union,
        nickName: '小程序用户',
        gender: 0,
        language: 'zh_CN',
        city: '',
        province: '',
        country: '',
        avatarUrl: '',
        watermark: watermark(appId),
        ...extra,
      };
      issue(code, { openid: openId, session_key: sessionKey, ...(unionId && { unionid: unionId }) });
      return { code, ...seal(JSON.stringify(data), { sessionKey }) };
    },

    /**
     * What wx.getWeRunData and its like give: data of the user, sealed with their valid key. A text
     * is sealed as it is.
     */
    openData(openId, data, appId = sample.appId) {
      const text = typeof data === 'string' ? data : JSON.stringify({ ...data, watermark: watermark(appId) });
      const { encryptedData, iv } = seal(text, { sessionKey: logins.keyOf(openId) });
      return { encryptedData, iv };
    },

    /** What wx.getUserInfo gives besides: a text, and its signature with the user's valid key. */
    signed(openId, rawData = '{"nickName":"小程序用户"}') {
      const signature = crypto
        .createHash('sha1')
        .update(`${rawData}${logins.keyOf(openId)}`)
        .digest('hex');
      return { rawData, signature };
    },

    /** The session key that is valid for a user. */
    sessionKey: (openId) => logins.keyOf(openId),

    /**
     * A user presses the button for their phone number: the code that comes of it, good for one
     * exchange.
     */
    phone({ appId = sample.appId, openId, phoneNumber = '13800138000', countryCode = '86' } = {}, code = randomCode()) {
      phoneNumbers.issue(code, { appId, openId, phoneNumber, countryCode, watermark: watermark(appId) });
      return code;
    },

    /** The access tokens that were given out so far, oldest first. */
    accessTokens: () => accessTokens.values(),

    /**
     * The reply with a stable access token that has so many seconds left: what another server of
     * the application may have got.
     */
    accessToken: ({ appId: appid = sample.appId, expiresIn } = {}) => accessTokens.make('stable', appid, { expiresIn }),

    /** Takes every access token back, as a reset of the secret does. */
    revokeAccessTokens: () => accessTokens.revokeAll(),

    /** Lets time pass for WeChat: codes and access tokens grow older. */
    pass(ms) {
      ahead += ms;
    },

    seal,
    refuse,

    /**
     * Lets `code` answer, as often as it is sent, with an object (sent as JSON), with
     * `{ raw: { status, headers, body } }`, or by a function `(req, res) => …` that does as it
     * likes: hang, cut the connection, drip.
     */
    answer(code, reply) {
      told.set(code, reply);
    },

    /**
     * Lets the next requests of a path, whatever they ask, be answered by these replies, one each.
     */
    interrupt(path, ...replies) {
      interruptions.set(path, [...(interruptions.get(path) ?? []), ...replies]);
    },

    /** Ends the server, requests that still wait for an answer included. */
    close() {
      return new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

/**
 * Encrypts anything, sensible or not, as WeChat encrypts user data: AES-128-CBC, PKCS#7, base64.
 */
function seal(plaintext, { sessionKey = random16(), iv = random16() } = {}) {
  const cipher = crypto.createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'));
  const encryptedData = Buffer.concat([cipher.update(plaintext), cipher.final()]).toString('base64');
  return { encryptedData, iv, sessionKey };
}

function watermark(appId) {
  return { timestamp: Math.floor(Date.now() / 1000), appid: appId };
}

/** WeChat takes what is not JSON for an empty object. */
function readJson(text) {
  try {
    return Object(JSON.parse(text));
  } catch (_) {
    return {};
  }
}

function randomCode() {
  return crypto.randomBytes(16).toString('hex');
}

/** A session key or an iv. */
function random16() {
  return crypto.randomBytes(16).toString('base64');
}

module.exports = { startFakeWeChat, sample };
