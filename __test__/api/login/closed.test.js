'use strict';

const { createApp, everybody, mpauthx, refused, rejection, startRedis, within } = require('../../support');
const { gate, strictWeChat } = require('./support');

const here = strictWeChat();

let server;
beforeAll(async () => {
  server = await startRedis();
});

describe.each(['memory', 'redis'])('an object that was closed (%s)', (name) => {
  const open = () =>
    createApp({
      wechat: here.wechat,
      tokens: name === 'redis' ? server.url : 'memory',
      db: everybody(),
      options: { sessionKeys: true },
    });

  test('has its functions still: each rejects with 6000, and none hangs', async () => {
    const app = open();
    const { code, encryptedData, iv } = here.wechat.user({ openId: 'o1' });
    const { token } = await app.login(code);
    const { login, sessions, verify, wechat } = app;
    await app.close();
    const calls = {
      login: () => login(here.code()),
      verify: () => verify(token),
      issue: () => sessions.issue('o1'),
      inspect: () => sessions.inspect(token),
      list: () => sessions.list('o1'),
      revoke: () => sessions.revoke(token),
      revokeById: () => sessions.revokeById('o1', '0'.repeat(32)),
      revokeUser: () => sessions.revokeUser('o1'),
      rotate: () => sessions.rotate(token),
      getPhoneNumber: () => wechat.getPhoneNumber(here.wechat.phone()),
      decryptData: () => wechat.decryptData(token, encryptedData, iv),
      checkSignature: () => wechat.checkSignature(token, 'x', 'y'),
    };
    for (const [what, call] of Object.entries(calls)) {
      const error = await within(5000, rejection(call()), what);
      expect(error).toBeInstanceOf(mpauthx.MpauthxError);
      expect({ what, code: error.code, status: error.status }).toEqual({ what, code: 6000, status: 503 });
    }
  });

  test('spends no code of a login', async () => {
    const app = open();
    await app.close();
    const code = here.code('o2');
    expect(await refused(app.login(code))).toEqual({ code: 6000, message: 'Error: mpauthx was closed' });
    expect(here.requests(code)).toBe(0);
    expect((await open().login(code)).userId).toBe('o2');
  });

  test('answers first what it was asked before', async () => {
    const app = open();
    const { code, sessionKey } = here.wechat.user({ openId: 'o1' });
    const [asked, released] = [gate(), gate()];
    here.wechat.answer(code, async (_req, res) => {
      asked.open();
      await released.opened;
      res.end(JSON.stringify({ openid: 'o1', session_key: sessionKey }));
    });
    const order = [];
    const pending = Promise.all([
      app.login(code).then(() => order.push('login')),
      app.wechat.getPhoneNumber(here.wechat.phone()).then(() => order.push('phone')),
    ]);
    await asked.opened;
    const closing = app.close().then(() => order.push('close'));
    released.open();
    await Promise.all([pending, closing]);
    expect(order.at(-1)).toBe('close');
    expect(order).toHaveLength(3);
  });
});
