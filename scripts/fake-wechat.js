'use strict';

// A WeChat of our own on loopback, for the demo and the tests: answers `GET /sns/jscode2session` as
// api.weixin.qq.com does, and encrypts user data as wx.getUserInfo does.

const crypto = require('node:crypto');
const http = require('node:http');
const https = require('node:https');

// The example that WeChat publishes for the decryption of open data.
const sample = Object.freeze(require('./wechat-sample.json'));

// What WeChat says when a parameter is missing, in the order in which it looks.
const REQUIRED = [
  ['appid', 41002, 'appid missing'],
  ['secret', 41004, 'appsecret missing'],
  ['js_code', 41008, 'missing code'],
  ['grant_type', 40002, 'invalid grant_type'],
];

/** Resolves once the server listens on a free port; with `tls` ({ key, cert }) it speaks https. */
async function startFakeWeChat({ tls } = {}) {
  const requests = [];
  const replies = new Map();

  function handle(req, res) {
    const url = new URL(req.url, 'http://localhost');
    const query = Object.fromEntries(url.searchParams);
    requests.push({
      method: req.method,
      path: url.pathname,
      query,
      rawQuery: url.search.slice(1),
      headers: req.headers,
    });
    send(req, res, refusal(req.method, url.pathname, query) ?? replies.get(query.js_code) ?? invalidCode());
  }

  const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();

  return {
    endpoint: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,

    /** Every request so far, in order. */
    requests,

    /** Lets `code` answer with the session of the official sample. */
    sample(code = randomCode()) {
      const { sessionKey, iv, encryptedData, openId, unionId } = sample;
      replies.set(code, { openid: openId, session_key: sessionKey, unionid: unionId });
      return { code, encryptedData, iv };
    },

    /** Makes a user, and lets `code` answer with a session of theirs. `extra` adds to the data or overrides it. */
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
        watermark: { timestamp: Math.floor(Date.now() / 1000), appid: appId },
        ...extra,
      };
      replies.set(code, { openid: openId, session_key: sessionKey, ...(unionId && { unionid: unionId }) });
      return { code, ...seal(JSON.stringify(data), { sessionKey }) };
    },

    seal,

    /**
     * Lets `code` answer with an object (sent as JSON), with `{ raw: { status, headers, body } }`, or by a function
     * `(req, res) => …` that does as it likes: hang, cut the connection, drip.
     */
    answer(code, reply) {
      replies.set(code, reply);
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

/** Encrypts anything, sensible or not, as WeChat encrypts user data: AES-128-CBC, PKCS#7, base64. */
function seal(plaintext, { sessionKey = random16(), iv = random16() } = {}) {
  const cipher = crypto.createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'));
  const encryptedData = Buffer.concat([cipher.update(plaintext), cipher.final()]).toString('base64');
  return { encryptedData, iv, sessionKey };
}

function send(req, res, reply) {
  if (typeof reply === 'function') {
    reply(req, res);
    return;
  }
  const { status, headers, body } = reply.raw ?? json(reply);
  res.writeHead(status ?? 200, headers);
  res.end(body);
}

/** WeChat sends JSON as text/plain. */
function json(reply) {
  return { headers: { 'Content-Type': 'text/plain' }, body: JSON.stringify(reply) };
}

function refusal(method, path, query) {
  if (path !== '/sns/jscode2session') return refuse(40066, 'invalid url');
  if (method !== 'GET') return refuse(43001, 'require GET method');
  const missing = REQUIRED.find(([name]) => !query[name]);
  return missing && refuse(missing[1], missing[2]);
}

function invalidCode() {
  return refuse(40029, 'invalid code');
}

function refuse(errcode, text) {
  const [a, b, c] = [4, 4, 4].map((bytes) => crypto.randomBytes(bytes).toString('hex'));
  return { errcode, errmsg: `${text}, rid: ${a}-${b}-${c}` };
}

function randomCode() {
  return crypto.randomBytes(16).toString('hex');
}

/** A session key or an iv. */
function random16() {
  return crypto.randomBytes(16).toString('base64');
}

module.exports = { startFakeWeChat, sample };
