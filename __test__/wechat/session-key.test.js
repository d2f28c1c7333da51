'use strict';

const { setTimeout: delay } = require('node:timers/promises');
const { createApp, everybody, SECRET, until } = require('../support');
const { NOT_KEPT, NOT_LIVE, UNDECRYPTABLE, expectRefusal, onEveryStore } = require('./every-store');

const UNKNOWN = `nobody|shop|${'0a'.repeat(32)}`;

onEveryStore('the session key', (here, isShared) => {
  const data = (openId = 'o1') => here.wechat.openData(openId, { openGId: 'g' });

  /** What both functions say where they cannot be of use. */
  async function expectBoth(token, said, on = here.app) {
    await expectRefusal(here.decrypt(token, data(), on), said);
    await expectRefusal(here.check(token, here.wechat.signed('o1'), on), said);
  }

  test('and the openid come of authorize too', async () => {
    const { code, encryptedData, iv } = here.wechat.user({ openId: 'o1', unionId: 'u1' });
    const { response } = await here.app.authorize(code, encryptedData, iv);
    expect(await here.decrypt(response, data())).toMatchObject({ openGId: 'g' });
    expect(await here.app.sessions.inspect(response)).toMatchObject({ userId: 'u1', openId: 'o1' });
  });

  test('of a later authorize takes the place of the one before, with the same token', async () => {
    const token = await here.login();
    const { code, encryptedData, iv } = here.wechat.user({ openId: 'o1' });
    expect((await here.app.authorize(code, encryptedData, iv)).response).toBe(token);
    expect(await here.decrypt(token, data())).toMatchObject({ openGId: 'g' });
  });

  test('is told by the openid, which inspect and list show', async () => {
    const token = await here.login({ openId: 'o1', unionId: 'u1' });
    expect(await here.app.sessions.inspect(token)).toMatchObject({ userId: 'u1', openId: 'o1' });
    expect(await here.app.sessions.list('u1')).toMatchObject([{ openId: 'o1' }]);
  });

  test('goes with the token', async () => {
    const ends = [
      (token) => here.app.sessions.revoke(token),
      () => here.app.refreshToken('o1'),
      () => here.app.sessions.revokeUser('o1'),
    ];
    for (const end of ends) {
      const token = await here.login();
      await end(token);
      await expectBoth(token, NOT_LIVE);
    }
  });

  test('lives as long as the token that rotations give', async () => {
    const brief = here.open({ ttl: 2 });
    let token = await here.login({ openId: 'o1' }, brief);
    const end = Date.now() + 2500;
    while (Date.now() < end) {
      await delay(200);
      ({ token } = await brief.sessions.rotate(token));
    }
    expect(await here.decrypt(token, data(), brief)).toMatchObject({ openGId: 'g' });
  });

  test('goes when the user is forgotten', async () => {
    await here.login({ openId: 'o1', unionId: 'u1' });
    expect(await here.app.forget('u1')).toBe(1);
    const { token } = await here.app.sessions.issue('u1', { openId: 'o1' });
    await expectBoth(token, UNDECRYPTABLE);
  });

  test('goes with a user who is logged in for another sku, by the openid that is known there', async () => {
    const other = isShared ? here.open({ sku: 'other' }) : here.app;
    await here.login({ openId: 'o1', unionId: 'u1' }, other);
    expect(await here.app.forget('u1')).toBe(1);
    const { token } = await other.sessions.issue('u1', { openId: 'o1' });
    await expectBoth(token, UNDECRYPTABLE, other);
  });

  test('stays with the token where it is rotated', async () => {
    const old = await here.login();
    const { token } = await here.app.sessions.rotate(old);
    for (const one of [token, old]) {
      expect(await here.decrypt(one, data())).toMatchObject({ openGId: 'g' });
      expect(await here.check(one, here.wechat.signed('o1'))).toBe(true);
    }
    expect(await here.app.sessions.inspect(token)).toMatchObject({ openId: 'o1' });
  });

  test('is that of the newest login, for all tokens of the user', async () => {
    const each = here.open({ options: { sessions: { mode: 'each' } } });
    const first = await here.login({ openId: 'o1' }, each);
    const firstData = data();
    const second = await here.login({ openId: 'o1' }, each);
    expect(second).not.toBe(first);
    for (const token of [first, second]) {
      expect(await here.decrypt(token, data(), each)).toMatchObject({ openGId: 'g' });
      await expectRefusal(here.decrypt(token, firstData, each), UNDECRYPTABLE);
    }
  });

  test('is that of the newest exchange, whichever login ends last', async () => {
    const registrations = [];
    const add = () =>
      new Promise((resolve) => {
        registrations.push(resolve);
      });
    const each = here.open({ db: { has: () => false, add }, options: { sessions: { mode: 'each' } } });
    const logins = [];
    for (let count = 1; count <= 2; count += 1) {
      logins.push(here.login({ openId: 'o1' }, each));
      await until(() => registrations.length === count);
    }
    registrations[1](true);
    await logins[1];
    registrations[0](true);
    for (const token of await Promise.all(logins)) {
      expect(await here.decrypt(token, data(), each)).toMatchObject({ openGId: 'g' });
    }
  });

  test('is another one for another mini-program', async () => {
    const token = await here.login();
    const other = here.open({ appId: 'wx0000000000000000' });
    await expectRefusal(here.check(token, here.wechat.signed('o1'), other), isShared ? UNDECRYPTABLE : NOT_LIVE);
  });

  test('is there for a token that is issued with the openid', async () => {
    const { token } = await here.app.sessions.issue('u9', { openId: 'o1' });
    await expectBoth(token, UNDECRYPTABLE);
    await here.login();
    expect(await here.decrypt(token, data())).toMatchObject({ openGId: 'g' });
  });

  test('is none where the token is not live', async () => {
    const token = await here.login();
    for (const other of [UNKNOWN, '', 'garbage', token.slice(0, -1), `${token} `]) await expectBoth(other, NOT_LIVE);
  });

  test('is none where the token was issued without one', async () => {
    const { token } = await here.app.sessions.issue('o2');
    await here.login();
    await expectBoth(token, UNDECRYPTABLE);
  });

  test('is none where the option was not set', async () => {
    const plain = here.open({ options: { sessionKeys: false } });
    const token = await here.login({ openId: 'o1' }, plain);
    await expectBoth(token, NOT_KEPT, plain);
    expect(await plain.sessions.inspect(token)).toMatchObject({ openId: 'o1' }); // every login's is kept
  });

  test.each([undefined, '', 'short', 'not base64 at all', 'AAAA'])(
    'that is %j is of no use, and no harm',
    async (key) => {
      const { code } = here.wechat.user({ openId: 'o1' });
      here.wechat.answer(code, { openid: 'o1', session_key: key });
      const { token } = await here.app.login(code);
      await here.login({ openId: 'o1' }, createApp({ wechat: here.wechat, db: everybody() }));
      await expectRefusal(here.decrypt(token, data()), UNDECRYPTABLE);
    },
  );

  test('comes of a function that exchanges codes', async () => {
    const { sessionKey, encryptedData, iv } = here.wechat.user({ openId: 'o1' });
    const exchange = () => ({ openid: 'o1', session_key: sessionKey });
    const own = here.open({ options: { wechat: { exchange } } });
    const { token } = await own.login('c');
    expect(await own.wechat.decryptData(token, encryptedData, iv)).toMatchObject({ openId: 'o1' });
  });

  if (isShared) {
    test('is there for other objects and processes with the same secret', async () => {
      const token = await here.login();
      expect(await here.decrypt(token, data(), here.open())).toMatchObject({ openGId: 'g' });
      const other = here.open({ sku: 'other' });
      await expectBoth(token, NOT_LIVE, other);
      const { rawData, signature } = here.wechat.signed('o1');
      expect(await other.wechat.checkSignature(token, rawData, signature, { skus: ['shop'] })).toBe(true);
    });

    test('lives as long as the longest token that it serves', async () => {
      const brief = here.open({ ttl: 1, options: { sessions: { mode: 'each' } } });
      const long = await here.login();
      const short = await here.login({ openId: 'o1' }, brief);
      await until(async () => (await brief.sessions.inspect(short)) === null);
      expect(await here.decrypt(long, data())).toMatchObject({ openGId: 'g' });
    });

    test('is not for those who have another secret', async () => {
      await expectBoth(await here.login(), UNDECRYPTABLE, here.open({ secret: `${SECRET}2` }));
    });

    test('comes with the first login that has the option', async () => {
      const token = await here.login({ openId: 'o1' }, here.open({ options: { sessionKeys: false } }));
      await expectBoth(token, UNDECRYPTABLE);
      expect(await here.login()).toBe(token);
      expect(await here.decrypt(token, data())).toMatchObject({ openGId: 'g' });
    });
  }
});
