'use strict';

const { createHmac } = require('node:crypto');
const { rejection, seen, told } = require('../support');
const { NOT_KEPT, NOT_LIVE, UNDECRYPTABLE, expectRefusal, onEveryStore } = require('./every-store');

const CHECK = '/wxa/checksession';

onEveryStore('the check of a session key', (here, isShared) => {
  const check = (token, options, on = here.app) => on.wechat.checkSession(token, options);

  let before;
  beforeEach(() => {
    before = here.wechat.requests.length;
  });
  const asked = () => here.wechat.requests.slice(before).filter(({ path }) => path === CHECK);

  test('is true for the user’s valid key, by a signature over nothing', async () => {
    const token = await here.login({ openId: 'o1' });
    expect(await check(token)).toBe(true);
    const [{ method, query }, ...others] = asked();
    expect(others).toEqual([]);
    expect(method).toBe('GET');
    const signature = createHmac('sha256', here.wechat.sessionKey('o1')).digest('hex');
    expect(query).toEqual({
      access_token: expect.any(String),
      openid: 'o1',
      signature,
      sig_method: 'hmac_sha256',
    });
  });

  test('is false for a key that was replaced or has ended, until the next login', async () => {
    const token = await here.login({ openId: 'o1' });
    for (const end of [() => here.loginElsewhere('o1'), () => here.wechat.endSessionKey('o1')]) {
      await end();
      expect(await check(token)).toBe(false);
      const next = await here.login({ openId: 'o1' });
      expect([await check(token), await check(next)]).toEqual([true, true]);
    }
  });

  test('tells a key that was replaced between the login and the data', async () => {
    const token = await here.login({ openId: 'o1' });
    here.wechat.replaceSessionKey('o1');
    const data = here.wechat.openData('o1', { steps: 1 });
    await expectRefusal(here.decrypt(token, data), UNDECRYPTABLE);
    expect(asked()).toEqual([]);
    expect(await check(token)).toBe(false);
    const next = await here.login({ openId: 'o1' });
    expect(await check(next)).toBe(true);
    await expectRefusal(here.decrypt(next, data), UNDECRYPTABLE);
    expect(await here.decrypt(next, here.wechat.openData('o1', { steps: 2 }))).toMatchObject({ steps: 2 });
  });

  test('is of the openid, whatever the user’s id is', async () => {
    const token = await here.login({ openId: 'o1', unionId: 'u1' });
    expect(await check(token)).toBe(true);
    expect(asked()[0].query.openid).toBe('o1');
  });

  test('is false, and asks nobody, where no key of the user is kept', async () => {
    const { token } = await here.app.sessions.issue('o7', { openId: 'o7' });
    const { token: without } = await here.app.sessions.issue('somebody');
    expect([await check(token), await check(without)]).toEqual([false, false]);
    expect(asked()).toEqual([]);
  });

  test('is 6011 where keys are not kept at all', async () => {
    const token = await here.login({ openId: 'o1' });
    const other = here.open({ options: { sessionKeys: false } });
    await expectRefusal(check(token, {}, other), isShared ? NOT_KEPT : NOT_LIVE);
  });

  test('is 6007 for what is no live token of this sku', async () => {
    const token = await here.login({ openId: 'o1' });
    for (const other of ['', 'garbage', `${token}0`, `nobody|shop|${'0a'.repeat(32)}`]) {
      await expectRefusal(check(other), NOT_LIVE);
    }
    const elsewhere = here.open({ sku: 'other' });
    await expectRefusal(check(token, {}, elsewhere), NOT_LIVE);
    if (isShared) expect(await check(token, { skus: ['shop'] }, elsewhere)).toBe(true);
    await here.app.sessions.revoke(token);
    await expectRefusal(check(token), NOT_LIVE);
    expect(asked()).toHaveLength(isShared ? 1 : 0);
  });

  test.each([[undefined], [null], [{}], [[]], [Symbol('x')], [() => 'x'], [true]])(
    'of %p is refused by name',
    async (token) => {
      expect(seen(await rejection(check(token)))).toStrictEqual({
        code: 6001,
        message: expect.stringMatching(/token parameter/),
      });
    },
  );

  test('is an error for every other answer, and renews the access token once', async () => {
    const token = await here.login({ openId: 'o1' });
    expect(await check(token)).toBe(true);
    here.wechat.revokeAccessTokens();
    expect(await check(token)).toBe(true);
    expect(asked()).toHaveLength(3);
    here.wechat.interrupt(CHECK, { errcode: 40003, errmsg: 'invalid openid' });
    expect(await rejection(check(token))).toMatchObject({ code: 6008, errcode: 40003, status: 502, retryable: false });
    here.wechat.interrupt(CHECK, here.wechat.faults.badGateway());
    const error = await rejection(check(token));
    expect(error).toMatchObject({ code: 6008, status: 503, retryable: false });
    expect(told(error)).toMatch(/The status is 502/);
    here.wechat.interrupt(CHECK, { errcode: '87009', errmsg: 'invalid signature' });
    expect(await check(token)).toBe(false);
    expect(await check(token)).toBe(true);
  });
});
