'use strict';

const { createApp, everybody, rejection, startRedis, within } = require('../../support');
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
    const { response } = await app.login(code);
    const { login, sessions, wechat } = app;
    await app.close();
    const calls = {
      login: () => login(here.code()),
      issue: () => sessions.issue('o1'),
      inspect: () => sessions.inspect(response),
      list: () => sessions.list('o1'),
      revoke: () => sessions.revoke(response),
      revokeUser: () => sessions.revokeUser('o1'),
      rotate: () => sessions.rotate(response),
      getPhoneNumber: () => wechat.getPhoneNumber(here.wechat.phone()),
      decryptData: () => wechat.decryptData(response, encryptedData, iv),
      checkSignature: () => wechat.checkSignature(response, 'x', 'y'),
    };
    for (const [what, call] of Object.entries(calls)) {
      const error = await within(5000, rejection(call()), what);
      expect(error).toBeInstanceOf(Error);
      expect({ what, code: error.code }).toEqual({ what, code: 6000 });
    }
  });

  test('spends no code of a login', async () => {
    const app = open();
    await app.close();
    const code = here.code('o2');
    expect(await rejection(app.login(code))).toMatchObject({ code: 6000, message: 'Error: mpauthx was closed' });
    expect(here.requests(code)).toBe(0);
    expect((await open().login(code)).status_code).toBe(1);
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
