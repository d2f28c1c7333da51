'use strict';

// The client half of the login, for a mini-program: copy it into yours, and in app.js
//
//   const { request } = require('./auth.js')('https://api.example.com/auth');
//   const { data } = await request({ url: 'https://api.example.com/orders' });
//
// The address is that of the routes on your server: `routes(auth)` of mpauthx.

const STORAGE_KEY = 'mpauthx-token';

/** How often a request is sent that is answered with 503 and Retry-After. */
const MAX_TRIES = 4;
/** The longest Retry-After that is waited for, in seconds. */
const MAX_WAIT = 30;

module.exports = (authUrl) => {
  /** The login or the renewal that runs: whoever needs a token waits for it. */
  let changing = null;
  /** Whether this launch got or renewed the token. */
  let isFresh = false;

  const kept = () => wx.getStorageSync(STORAGE_KEY);

  /** Resolves with a new token. Where one is still kept, it takes that one's place. */
  const login = () => change(newToken);

  function change(work) {
    if (!changing) {
      changing = work().finally(() => {
        changing = null;
      });
    }
    return changing;
  }

  async function newToken() {
    const reply = await patiently(async () => {
      const { code } = await call('login'); // good once, so each try takes its own
      return send({ url: `${authUrl}/login`, method: 'POST', data: { code } }, kept());
    });
    if (reply.statusCode !== 200) throw refusal('login', reply);
    return keep(reply.data.token);
  }

  /**
   * The first request of a launch renews the token, so that whoever comes back in time stays logged
   * in. Nothing else is sent meanwhile: a token is refused soon after another took its place.
   */
  async function renewedToken() {
    const reply = await send({ url: `${authUrl}/renew`, method: 'POST' }, kept());
    if (reply.statusCode === 401) return newToken();
    if (reply.statusCode === 200) return keep(reply.data.token);
    // The server does not renew (404), or cannot now (503): then the next request asks again.
    isFresh = reply.statusCode < 500;
    return kept();
  }

  function keep(token) {
    wx.setStorageSync(STORAGE_KEY, token);
    isFresh = true;
    return token;
  }

  function currentToken() {
    if (changing) return changing;
    const token = kept();
    if (!token) return login();
    return isFresh ? token : change(renewedToken);
  }

  /**
   * wx.request with the token. Resolves with what its `success` gets. A 401 is answered by a login,
   * a 503 with Retry-After by waiting; then it is asked again.
   */
  async function request(options) {
    const token = await currentToken();
    const reply = await patiently(() => send(options, token));
    if (reply.statusCode !== 401) return reply;
    // Another request may have logged in since this one was sent.
    const newest = kept();
    const next = newest && newest !== token ? newest : await login();
    return patiently(() => send(options, next));
  }

  /** Ends the session, on the server and here. */
  async function logout() {
    const token = kept();
    if (!token) return;
    const reply = await patiently(() => send({ url: `${authUrl}/logout`, method: 'POST' }, token));
    if (reply.statusCode !== 204) throw refusal('logout', reply);
    wx.removeStorageSync(STORAGE_KEY);
  }

  return { login, logout, request };
};

/** Asks; as long as the server is busy, waits as it says and asks again. */
async function patiently(ask) {
  for (let tries = 1; ; tries += 1) {
    const reply = await ask();
    const seconds = reply.statusCode === 503 ? retryAfter(reply) : null;
    if (seconds === null || seconds > MAX_WAIT || tries === MAX_TRIES) return reply;
    // Up to twice as long, so that not all clients come back at the same moment.
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000 * (1 + Math.random())));
  }
}

/** The seconds in Retry-After, whose letter case differs from phone to phone; else null. */
function retryAfter({ header = {} }) {
  const name = Object.keys(header).find((each) => each.toLowerCase() === 'retry-after');
  return name && /^\d+$/.test(header[name]) ? Number(header[name]) : null;
}

/** What the server answered instead, as an Error. */
function refusal(what, { statusCode, data }) {
  return Object.assign(new Error(`${what} failed: status ${statusCode}`), { statusCode, data });
}

function send(options, token) {
  const header = token ? { ...options.header, Authorization: `Bearer ${token}` } : options.header;
  return call('request', { ...options, header });
}

/** A function of wx as a promise; wx.request makes none of its own. */
function call(name, options) {
  return new Promise((success, fail) => wx[name]({ ...options, success, fail }));
}
