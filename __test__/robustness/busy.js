'use strict';

// Makes an object and keeps every function of it busy; runs in a process or a worker. Given: the
// addresses `tokens` (redis or 'memory') and `wechat` (one that answers codes that begin with
// "hang" never).

const mpauthx = require('../..');
const { sample } = require('../../lib/testing/fake-wechat');
// Not by way of ../support: a worker would load all of that.
const { everybody } = require('../support/everybody');

const TOKEN = `o1|shop|${'0a'.repeat(32)}`;

const users = everybody();

/**
 * An object with calls of every kind in flight, those to WeChat for good; each failure goes to
 * `failed`.
 */
function busy({ tokens, wechat }, failed = () => {}) {
  const app = mpauthx(sample.appId, 'secret', 'shop', users, null, null, {
    tokens,
    wechat: { endpoint: wechat },
  });
  for (let i = 0; i < 200; i += 1) {
    app.authorize(`hang ${i}`, sample.encryptedData, sample.iv).catch(failed);
    app.refreshToken(`o${i}`).catch(failed);
    app.isTokenValid(TOKEN).catch((reason) => reason === undefined || failed(reason));
    if (i % 4) continue;
    app.login(`hang-${i}-too`).catch(failed);
    app.wechat.getPhoneNumber(`hang ${i}`).catch(failed);
    app.sessions.issue(`s${i}`, { device: 'phone' }).catch(failed);
    app.sessions.list(`s${i}`).catch(failed);
    app.sessions.inspect(TOKEN).catch(failed);
    app.sessions.revokeUser(`s${i}`, { allSkus: true }).catch(failed);
    app.sessions.rotate(TOKEN).catch((reason) => reason.code === 6007 || failed(reason));
  }
  return app;
}

/** Calls again and again, as long as the thread lives. */
function busyForever(addresses) {
  const app = busy(addresses);
  const again = () => app.refreshToken('o1').then(() => setImmediate(again));
  for (let i = 0; i < 20; i += 1) again();
  return app;
}

module.exports = { busy, busyForever, users };
