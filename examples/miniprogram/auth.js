'use strict';

// The client half of the login, for a mini-program: copy it into yours, and in app.js
//
//   const { request } = require('./auth.js')('https://api.example.com/login');
//   const { data } = await request({ url: 'https://api.example.com/orders' });
//
// The server answers POST { code } with { token: (await auth.login(code)).response }, and 401 where
// isTokenValid rejects.

const STORAGE_KEY = 'mpauthx-token';

module.exports = (loginUrl) => {
  let running = null;

  /** Resolves with a new token. While one login runs, whoever asks waits for that one. */
  function login() {
    if (!running) {
      running = newToken().finally(() => {
        running = null;
      });
    }
    return running;
  }

  async function newToken() {
    const { code } = await call('login');
    const { statusCode, data } = await call('request', { url: loginUrl, method: 'POST', data: { code } });
    if (statusCode !== 200) throw new Error(`login failed: status ${statusCode}`);
    wx.setStorageSync(STORAGE_KEY, data.token);
    return data.token;
  }

  /**
   * wx.request with the token. Resolves with what its `success` gets; a 401 is answered by a login,
   * and once more.
   */
  async function request(options) {
    const token = wx.getStorageSync(STORAGE_KEY) || (await login());
    const reply = await send(options, token);
    if (reply.statusCode !== 401) return reply;
    // Another request may have logged in since this one was sent.
    const newest = wx.getStorageSync(STORAGE_KEY);
    return send(options, newest && newest !== token ? newest : await login());
  }

  return { login, request };
};

function send(options, token) {
  return call('request', { ...options, header: { ...options.header, Authorization: `Bearer ${token}` } });
}

/** A function of wx as a promise; wx.request makes none of its own. */
function call(name, options) {
  return new Promise((success, fail) => wx[name]({ ...options, success, fail }));
}
