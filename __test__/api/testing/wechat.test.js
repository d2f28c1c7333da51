'use strict';

// The WeChat of `mpauthx/testing`: what a test lets it say.

const { rejection } = require('../../support');
const { open } = require('./support');

const PHONE = '/wxa/business/getuserphonenumber';

test('a code of the phone number button is good once, for the number that was set', async () => {
  const t = await open();
  const code = t.phoneCode('alice');
  expect(await t.auth.wechat.getPhoneNumber(code, { openId: 'alice' })).toMatchObject({ phoneNumber: '13800138000' });
  expect(await rejection(t.auth.wechat.getPhoneNumber(code))).toMatchObject({ errcode: 40029 });

  t.wechat.setPhone('alice', '13800000000');
  expect(await t.auth.wechat.getPhoneNumber(t.phoneCode('alice'))).toMatchObject({ phoneNumber: '13800000000' });
  t.wechat.setPhone('alice', '5550100', { countryCode: '1' });
  expect(await t.auth.wechat.getPhoneNumber(t.phoneCode('alice'))).toEqual({
    phoneNumber: '15550100',
    purePhoneNumber: '5550100',
    countryCode: '1',
  });
  expect(await t.auth.wechat.getPhoneNumber(t.phoneCode('bob'))).toMatchObject({ phoneNumber: '13800138000' });
  expect(await rejection(t.auth.wechat.getPhoneNumber(t.phoneCode('bob'), { openId: 'alice' }))).toMatchObject({
    errcode: 40029,
  });
});

describe('refusals', () => {
  test.each([
    [40029, 400],
    [40163, 400],
    [40226, 403],
    [45011, 429],
    [40013, 500],
    [-1, 503],
    [12345, 502],
  ])('of errcode %i last until WeChat is back', async (errcode, status) => {
    const t = await open();
    t.wechat.refuse(errcode);
    for (let i = 0; i < 2; i += 1) {
      expect(await rejection(t.loginAs('alice'))).toMatchObject({ code: 6008, errcode, status });
    }
    t.wechat.back();
    await t.loginAs('alice');
  });

  test('of every interface let an access token be got first', async () => {
    const t = await open();
    t.wechat.refuse(40029);
    const error = await rejection(t.auth.wechat.getPhoneNumber(t.phoneCode('alice')));
    expect(error).toMatchObject({ code: 6008, errcode: 40029 });
    expect(t.wechat.requests.map(({ path }) => path)).toEqual(['/cgi-bin/stable_token', PHONE]);
  });

  test('of one path leave the others alone', async () => {
    const t = await open();
    t.wechat.refuse(45009, { path: PHONE });
    await t.loginAs('alice');
    expect(await rejection(t.auth.wechat.getPhoneNumber(t.phoneCode('alice')))).toMatchObject({ errcode: 45009 });
    t.wechat.refuse(40164, { path: '/cgi-bin/stable_token' });
    t.clock.advance('3h');
    expect(await rejection(t.auth.wechat.accessToken())).toMatchObject({ errcode: 40164, status: 500 });
  });

  test('add up: one of each path, and one of all others', async () => {
    const t = await open();
    const errcodes = async () => {
      const failures = [
        await rejection(t.loginAs('alice')),
        await rejection(t.auth.wechat.getPhoneNumber(t.phoneCode('alice'))),
      ];
      return failures.map(({ errcode }) => errcode);
    };
    t.wechat.refuse(45011, { path: '/sns/jscode2session' });
    t.wechat.refuse(45009, { path: PHONE });
    expect(await errcodes()).toEqual([45011, 45009]);
    t.wechat.refuse(40164, { path: PHONE });
    expect(await errcodes()).toEqual([45011, 40164]);
    t.wechat.back();
    await t.loginAs('alice');

    t.wechat.refuse(45009, { path: PHONE });
    t.wechat.refuse(40029);
    expect(await errcodes()).toEqual([40029, 45009]);
    t.wechat.refuse(45011, null);
    expect(await errcodes()).toEqual([45011, 45009]);
    t.wechat.back();
    await t.auth.wechat.getPhoneNumber(t.phoneCode('alice'));
    await t.loginAs('alice');
  });
});

test('WeChat is away, and back', async () => {
  const t = await open();
  await t.loginAs('alice'); // there is a connection that can be used again
  t.wechat.away();
  const failures = [await rejection(t.loginAs('alice')), await rejection(t.auth.wechat.accessToken())];
  for (const failure of failures) expect(failure).toMatchObject({ code: 6008, status: 503 });
  expect(t.wechat.requests).toHaveLength(3);
  t.wechat.back();
  await t.loginAs('alice');
});

test('a WeChat that is away does not refuse, before or after', async () => {
  const t = await open();
  t.wechat.refuse(40029);
  t.wechat.away();
  t.wechat.refuse(45011);
  const failure = await rejection(t.loginAs('alice'));
  expect(failure).toMatchObject({ code: 6008, status: 503 });
  expect(failure.errcode).toBeUndefined();
  t.wechat.back();
  await t.loginAs('alice');
});

test('the requests tell what was asked', async () => {
  const t = await open();
  const code = t.code('alice');
  await t.auth.login(code);
  await t.auth.wechat.getPhoneNumber(t.phoneCode('alice'), { openId: 'alice' });
  const [login, , phone] = t.wechat.requests;
  expect(login).toMatchObject({ method: 'GET', path: '/sns/jscode2session', query: { js_code: code } });
  expect(phone).toMatchObject({ method: 'POST', path: PHONE, json: { openid: 'alice' } });
  expect(JSON.parse(phone.body)).toEqual(phone.json);
  expect(Buffer.from(phone.body)).toEqual(phone.bytes);
  expect(Object.fromEntries(new URLSearchParams(login.rawQuery))).toEqual(login.query);
  const always = ['method', 'path', 'query', 'rawQuery', 'headers', 'secure'];
  expect([login, phone].map(Object.keys)).toEqual([always, [...always, 'bytes', 'body', 'json']]);
});

describe('open data', () => {
  const decrypt = (t, token, { encryptedData, iv }) => t.auth.wechat.decryptData(token, encryptedData, iv);

  test('decrypt, and their signature is right', async () => {
    const t = await open({ sessionKeys: true });
    const { token } = await t.loginAs('alice');
    const data = t.wechat.encrypt('alice', { stepInfoList: [{ step: 100 }] });
    expect(await decrypt(t, token, data)).toMatchObject({
      stepInfoList: [{ step: 100 }],
      watermark: { appid: 'wx0123456789abcdef' },
    });
    expect(data.rawData).toBe('{"stepInfoList":[{"step":100}]}');
    expect(await t.auth.wechat.checkSignature(token, data.rawData, data.signature)).toBe(true);
    expect(await t.auth.wechat.checkSignature(token, `${data.rawData} `, data.signature)).toBe(false);
  });

  test('of wx.getUserInfo carry the openid and the unionid, which are not in rawData', async () => {
    const t = await open({ sessionKeys: true });
    t.wechat.setUnionId('alice', 'union-alice');
    const { token } = await t.loginAs('alice');
    const data = t.wechat.encrypt('alice');
    expect(await decrypt(t, token, data)).toMatchObject({ openId: 'alice', unionId: 'union-alice', language: 'zh_CN' });
    expect(JSON.parse(data.rawData)).not.toHaveProperty('openId');
    expect(JSON.parse(data.rawData)).toHaveProperty('nickName');
  });

  test('may be any text', async () => {
    const t = await open({ sessionKeys: true });
    const { token } = await t.loginAs('alice');
    expect(await rejection(decrypt(t, token, t.wechat.encrypt('alice', 'no JSON')))).toMatchObject({ code: 6011 });
  });

  test('of a session key that was replaced do not decrypt until the next login', async () => {
    const t = await open({ sessionKeys: true });
    const { token } = await t.loginAs('alice');
    expect(await t.auth.wechat.checkSession(token)).toBe(true);
    t.wechat.replaceSessionKey('alice');
    expect(await t.auth.wechat.checkSession(token)).toBe(false);
    const data = t.wechat.encrypt('alice', { openGId: 'g' });
    expect(await rejection(decrypt(t, token, data))).toMatchObject({ code: 6011 });
    const { token: next } = await t.loginAs('alice');
    expect(await decrypt(t, next, data)).toMatchObject({ openGId: 'g' });
  });
});

describe.each([
  ['the safe mode', { token: 'token', encodingAESKey: 'a'.repeat(43) }],
  ['the plain mode', { token: 'token', plain: true }],
])('a pushed message, in %s,', (_name, push) => {
  const message = { ToUserName: 'gh_1', FromUserName: 'alice', MsgType: 'text', Content: '你好' };

  test('is received by the machine’s time, however the clock is advanced', async () => {
    const t = await open({ wechat: { push } });
    expect(await t.auth.wechat.receive(t.wechat.push(message))).toMatchObject({ message, reply: 'success' });
    t.clock.advance('1d');
    expect(await t.auth.wechat.receive(t.wechat.push(message))).toMatchObject({ message });
  });

  test('is refused where its timestamp is too old or too new', async () => {
    const t = await open({ wechat: { push } });
    const now = Number(t.wechat.push(message).query.timestamp);
    for (const timestamp of [now - 360, now + 3600, 0]) {
      const pushed = t.wechat.push(message, { timestamp });
      expect(pushed.query.timestamp).toBe(String(timestamp));
      const error = await rejection(t.auth.wechat.receive(pushed));
      expect(error).toMatchObject({ code: 6001 });
      expect(error.message).toContain('its timestamp is more than five minutes from');
    }
    await t.auth.wechat.receive(t.wechat.push(message, { timestamp: now - 60 }));
    for (const none of [undefined, null, {}, { timestamp: undefined }, { timestamp: null }]) {
      await t.auth.wechat.receive(t.wechat.push(message, none));
    }
  });
});
