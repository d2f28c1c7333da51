'use strict';

// The mini-program's half of the login where a mini-program has it: JavaScript and wx, and nothing
// of Node's.

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { ROOT } = require('../../support');

const SOURCE = fs.readFileSync(path.join(ROOT, 'examples/miniprogram/auth.js'), 'utf8');

/**
 * What the client uses of WeChat's wx, with callbacks as there; `code` gives the codes of wx.login.
 * Waiting takes no time; `waits` has how long it would have taken, in milliseconds.
 */
function wxDouble(code) {
  const storage = new Map();
  return {
    logins: 0,
    refused: 0,
    sent: [],
    waits: [],
    storage,
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => storage.set(key, value),
    removeStorageSync: (key) => storage.delete(key),
    login({ success }) {
      this.logins += 1;
      setImmediate(success, { errMsg: 'login:ok', code: code() });
    },
    request({ url, method = 'GET', data, header, success, fail }) {
      const headers = { 'content-type': 'application/json', ...header };
      this.sent.push({ path: new URL(url).pathname, token: headers.Authorization?.replace('Bearer ', '') });
      const body = method === 'GET' || data === undefined ? undefined : JSON.stringify(data);
      fetch(url, { method, headers, body }).then(
        async (reply) => {
          const text = await reply.text();
          if (reply.status === 401) this.refused += 1;
          // Letter case is the phone's own.
          const header = Object.fromEntries([...reply.headers].map(([name, value]) => [titled(name), value]));
          success({ statusCode: reply.status, data: readJson(text), header });
        },
        () => fail({ errMsg: 'request:fail' }),
      );
    },
  };
}

const titled = (name) => name.replace(/(^|-)\w/g, (start) => start.toUpperCase());

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch (_) {
    return text;
  }
}

/** The module as one launch of the mini-program has it. */
function launch(wx, authUrl) {
  const module = { exports: {} };
  const wait = (go, milliseconds) => {
    wx.waits.push(milliseconds);
    setImmediate(go);
  };
  vm.runInNewContext(SOURCE, { module, wx, setTimeout: wait });
  return module.exports(authUrl);
}

module.exports = { launch, wxDouble };
