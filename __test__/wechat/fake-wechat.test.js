'use strict';

// The fake WeChat behaves as WeChat documents; what the other tests show of the library rests on
// that.

const crypto = require('node:crypto');
const { startFakeWeChat, sample } = require('../support');
const { APP, ask, exchange, stable } = require('./ask-fake');

const MINUTE = 60000;
const RID = /rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/;

const PHONE = '/wxa/business/getuserphonenumber';

const phone = (wechat, accessToken, body) =>
  ask(wechat, PHONE, { query: accessToken ? { access_token: accessToken } : {}, body });

describe('a login code', () => {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat({ strict: true });
  });

  test('is good once', async () => {
    const { code, sessionKey } = wechat.user({ openId: 'o1' });
    expect(await exchange(wechat, code)).toEqual({ openid: 'o1', session_key: sessionKey });
    const refusal = await exchange(wechat, code);
    expect(refusal).toEqual({ errcode: 40163, errmsg: expect.stringMatching(/^code been used, /) });
    expect(refusal.errmsg).toMatch(RID);
  });

  test('is good for five minutes', async () => {
    const [early, late] = [wechat.user({ openId: 'o1' }), wechat.user({ openId: 'o1' })];
    wechat.pass(5 * MINUTE - 5000);
    expect(await exchange(wechat, early.code)).toMatchObject({ openid: 'o1' });
    wechat.pass(5000);
    expect(await exchange(wechat, late.code)).toMatchObject({ errcode: 40029 });
  });

  test('that nobody made is refused', async () => {
    expect(await exchange(wechat, 'x')).toMatchObject({ errcode: 40029 });
    expect(await exchange(wechat, wechat.phone({ openId: 'o1' }))).toMatchObject({ errcode: 40029 });
  });

  test('brings a unionid where the user has one', async () => {
    const { code } = wechat.user({ openId: 'o1', unionId: 'u1' });
    expect(await exchange(wechat, code)).toMatchObject({ openid: 'o1', unionid: 'u1' });
  });
});

test('a login code is good again and again without `strict`', async () => {
  const wechat = await startFakeWeChat();
  const { code } = wechat.user({ openId: 'o1' });
  const replies = [await exchange(wechat, code), await exchange(wechat, code)];
  wechat.pass(10 * MINUTE);
  expect([...replies, await exchange(wechat, code)]).toEqual(Array(3).fill(replies[0]));
});

test('a user has one valid session key: the one of the latest exchange', async () => {
  const wechat = await startFakeWeChat({ strict: true });
  const [first, second, never] = [1, 2, 3].map(() => wechat.user({ openId: 'o1' }));
  await exchange(wechat, second.code);
  await exchange(wechat, first.code);
  expect(wechat.sessionKey('o1')).toBe(first.sessionKey);
  expect(never.sessionKey).not.toBe(first.sessionKey);
  const { encryptedData, iv } = wechat.openData('o1', { openGId: 'g1' });
  const key = Buffer.from(first.sessionKey, 'base64');
  const cipher = crypto.createDecipheriv('aes-128-cbc', key, Buffer.from(iv, 'base64'));
  const plain = Buffer.concat([cipher.update(encryptedData, 'base64'), cipher.final()]).toString();
  expect(JSON.parse(plain)).toMatchObject({ openGId: 'g1', watermark: { appid: sample.appId } });
});

test.each([
  ['absent', undefined, 40029],
  ['zero', 0, 40029],
  ['text', '0', '40029'],
])('an errcode is %s', async (errcode, good, bad) => {
  const wechat = await startFakeWeChat({ errcode });
  expect((await exchange(wechat, wechat.user({ openId: 'o1' }).code)).errcode).toBe(good);
  expect((await exchange(wechat, 'x')).errcode).toBe(bad);
});

describe('a stable access token', () => {
  let wechat;
  beforeEach(async () => {
    wechat = await startFakeWeChat({ appId: APP.appid, secret: APP.secret });
  });

  const accepted = async (token) => {
    const { errcode } = await phone(wechat, token, { code: wechat.phone() });
    return errcode === 0 || errcode;
  };

  test('is the same for every call, until five minutes are left; then both are good', async () => {
    const first = await stable(wechat);
    expect(first).toEqual({ access_token: expect.stringMatching(/^[\w-]{512}$/), expires_in: 7200 });
    wechat.pass(114 * MINUTE);
    const again = await stable(wechat);
    expect(again.access_token).toBe(first.access_token);
    expect(again.expires_in).toBeLessThanOrEqual(360);
    wechat.pass(MINUTE);
    const second = await stable(wechat);
    expect(second.access_token).not.toBe(first.access_token);
    wechat.pass(4 * MINUTE);
    expect([await accepted(first.access_token), await accepted(second.access_token)]).toEqual([true, true]);
    wechat.pass(MINUTE + 1000);
    expect([await accepted(first.access_token), await accepted(second.access_token)]).toEqual([42001, true]);
  });

  test('is ended by force_refresh, at most every 30 seconds', async () => {
    const { access_token: first } = await stable(wechat);
    const { access_token: second } = await stable(wechat, { force_refresh: true });
    expect([await accepted(first), await accepted(second)]).toEqual([40001, true]);
    expect((await stable(wechat, { force_refresh: true })).access_token).toBe(second);
    wechat.pass(30000);
    expect((await stable(wechat, { force_refresh: true })).access_token).not.toBe(second);
    expect(await accepted(second)).toBe(40001);
  });

  test('is refreshed by force twenty times a day, and told without force after that too', async () => {
    const day = await startFakeWeChat({ limits: { forceInterval: 0 } });
    const forced = [];
    for (let time = 0; time < 21; time += 1) forced.push(await stable(day, { force_refresh: true }));
    // The first call of all finds no token that it could end.
    const tokens = forced.map((reply) => reply.access_token);
    expect(new Set(tokens).size).toBe(21);
    expect(await stable(day, { force_refresh: true })).toMatchObject({ errcode: 45009 });
    expect((await stable(day)).access_token).toBe(tokens.at(-1));
    await stable(day, { appid: 'other' });
    expect((await stable(day, { appid: 'other', force_refresh: true })).access_token).toEqual(expect.any(String));
    day.pass(24 * 60 * MINUTE);
    expect((await stable(day, { force_refresh: true })).access_token).toEqual(expect.any(String));
  });

  test('has the limits that a test sets', async () => {
    const strict = await startFakeWeChat({ limits: { forcedADay: 1, forceInterval: 1000 } });
    const { access_token: first } = await stable(strict);
    const { access_token: second } = await stable(strict, { force_refresh: true });
    expect(second).not.toBe(first);
    expect((await stable(strict, { force_refresh: true })).access_token).toBe(second);
    strict.pass(1000);
    expect(await stable(strict, { force_refresh: true })).toMatchObject({ errcode: 45009 });
  });

  test('and those of /cgi-bin/token do not touch each other', async () => {
    const query = { grant_type: 'client_credential', ...APP };
    const { access_token: token } = await stable(wechat);
    const ordinary = [await ask(wechat, '/cgi-bin/token', { query }), await ask(wechat, '/cgi-bin/token', { query })];
    const { access_token: forced } = await stable(wechat, { force_refresh: true });
    const tokens = [token, ...ordinary.map((reply) => reply.access_token), forced];
    expect(new Set(tokens).size).toBe(4);
    expect(await Promise.all(tokens.map(accepted))).toEqual([40001, true, true, true]);
  });

  test('is refused to whoever does not know the secret, or sends no JSON', async () => {
    expect(await stable(wechat, { secret: 'other' })).toMatchObject({ errcode: 40125 });
    expect(await stable(wechat, { appid: 'other' })).toMatchObject({ errcode: 40013 });
    expect(await stable(wechat, { grant_type: 'x' })).toMatchObject({ errcode: 40002 });
    expect(await stable(wechat, { secret: undefined })).toMatchObject({ errcode: 41004 });
    expect(await ask(wechat, '/cgi-bin/stable_token')).toMatchObject({ errcode: 43002 });
    const form = new URLSearchParams({ grant_type: 'client_credential', ...APP });
    const reply = await fetch(`${wechat.endpoint}/cgi-bin/stable_token`, { method: 'POST', body: form });
    expect(await reply.json()).toMatchObject({ errcode: expect.any(Number) });
    expect(await exchange(wechat, 'x', { ...APP, secret: 'other' })).toMatchObject({ errcode: 40125 });
  });

  test('of any age may be had, and all may be taken back', async () => {
    const { access_token: old, expires_in: left } = wechat.accessToken({ expiresIn: 200 });
    expect(left).toBe(200);
    const { access_token: next } = await stable(wechat);
    expect([await accepted(old), await accepted(next)]).toEqual([true, true]);
    expect(wechat.accessTokens()).toEqual([old, next]);
    wechat.revokeAccessTokens();
    expect([await accepted(old), await accepted(next)]).toEqual([40001, 40001]);
    expect((await stable(wechat)).access_token).not.toBe(next);
  });
});

describe('a code for a phone number', () => {
  let wechat;
  let token;
  beforeEach(async () => {
    wechat = await startFakeWeChat();
    token = (await stable(wechat)).access_token;
  });

  test('is good once', async () => {
    const code = wechat.phone({ phoneNumber: '13900000000' });
    expect(await phone(wechat, token, { code })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber: '13900000000',
        purePhoneNumber: '13900000000',
        countryCode: '86',
        watermark: { timestamp: expect.any(Number), appid: sample.appId },
      },
    });
    expect(await phone(wechat, token, { code })).toMatchObject({ errcode: 40029, errmsg: expect.stringMatching(RID) });
  });

  test('is good for five minutes', async () => {
    const code = wechat.phone();
    wechat.pass(5 * MINUTE);
    expect(await phone(wechat, token, { code })).toMatchObject({ errcode: 40029 });
  });

  test('is none of wx.login', async () => {
    expect(await phone(wechat, token, { code: wechat.user({ openId: 'o1' }).code })).toMatchObject({ errcode: 40029 });
  });

  test('is good for its user and its mini-program alone', async () => {
    const code = wechat.phone({ openId: 'o1' });
    expect(await phone(wechat, token, { code, openid: 'o2' })).toMatchObject({ errcode: 40029 });
    const { access_token: other } = await stable(wechat, { appid: 'other' });
    expect(await phone(wechat, other, { code })).toMatchObject({ errcode: 40013 });
    expect(await phone(wechat, token, { code, openid: 'o1' })).toMatchObject({ errcode: 0 });
  });

  test('needs an access token', async () => {
    const code = wechat.phone();
    expect(await phone(wechat, undefined, { code })).toMatchObject({ errcode: 41001 });
    expect(await phone(wechat, 'x', { code })).toMatchObject({ errcode: 40001 });
    expect(await phone(wechat, token, { code })).toMatchObject({ errcode: 0 });
  });
});

test('the next requests of a path can be answered as a test likes', async () => {
  const wechat = await startFakeWeChat();
  const { code } = wechat.user({ openId: 'o1' });
  wechat.interrupt('/sns/jscode2session', wechat.refuse(-1, 'system error'), { errcode: 45011 });
  expect(await exchange(wechat, code)).toMatchObject({ errcode: -1 });
  expect(await exchange(wechat, code)).toEqual({ errcode: 45011 });
  expect(await exchange(wechat, code)).toMatchObject({ openid: 'o1' });
  expect(wechat.requestsOf('/sns/jscode2session')).toHaveLength(3);
});
