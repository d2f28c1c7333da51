'use strict';

const { version } = require('../../package.json');
const { atOnce, createApp, rejection, sample, SECRET, seen, startFakeWeChat, told, within } = require('../support');
const { NUMBER, PHONE, STABLE_TOKEN, ownWeChat } = require('./support');

const here = ownWeChat();

const MESSAGE = expect.stringMatching(/./);

const get = (app, given, options) => app.wechat.getPhoneNumber(here.wechat.phone(given), options);

async function expectFailure(promise, said) {
  const error = await rejection(promise);
  expect(error).toBeInstanceOf(Error);
  expect(seen(error)).toStrictEqual({ code: 6008, message: MESSAGE, retryable: false, ...said });
  return told(error);
}

describe('getPhoneNumber', () => {
  test('resolves with the number, with and without its country', async () => {
    const app = here.open();
    expect(await get(app)).toStrictEqual(NUMBER);
    expect(await get(app, { phoneNumber: '2015550123', countryCode: '1' })).toStrictEqual({
      phoneNumber: '12015550123',
      purePhoneNumber: '2015550123',
      countryCode: '1',
    });
  });

  test('takes a country code that is a number, as in WeChat’s example, for its text', async () => {
    expect(await get(here.open(), { countryCode: 86 })).toStrictEqual(NUMBER);
  });

  test('asks for an access token, then for the number', async () => {
    const code = here.wechat.phone({ openId: 'o1' });
    await here.open().wechat.getPhoneNumber(code, { openId: 'o1' });
    const [first, second, ...others] = here.wechat.requests;
    expect(others).toEqual([]);
    expect(first).toMatchObject({ method: 'POST', path: STABLE_TOKEN, query: {} });
    expect(first.json).toStrictEqual({
      grant_type: 'client_credential',
      appid: sample.appId,
      secret: SECRET,
      force_refresh: false,
    });
    const [accessToken] = here.wechat.accessTokens();
    expect(second).toMatchObject({ method: 'POST', path: PHONE, query: { access_token: accessToken } });
    expect(second.json).toStrictEqual({ code, openid: 'o1' });
  });

  test.each([
    ['no options', []],
    ['undefined', [undefined]],
    ['null', [null]],
    ['an empty object', [{}]],
    ['an openId that is null', [{ openId: null }]],
  ])('sends no openid where none is given (%s)', async (_name, args) => {
    const code = here.wechat.phone();
    await here.open().wechat.getPhoneNumber(code, ...args);
    expect(here.wechat.requests.at(-1).json).toStrictEqual({ code });
  });

  test.each(['"', '\\', '微信', '\n', '{"code":"x"}', '\ud83d'])('sends the code %j as it is', async (text) => {
    const code = `code ${text}`;
    await rejection(here.open().wechat.getPhoneNumber(code, { openId: text }));
    const sent = text === '\ud83d' ? '\ufffd' : text;
    expect(here.wechat.requests.at(-1).json).toStrictEqual({ code: `code ${sent}`, openid: sent });
  });

  test.each([null, undefined])('without a code (%p) rejects with 6001 and asks nobody', async (code) => {
    const error = await rejection(here.open().wechat.getPhoneNumber(code));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6001, message: 'Missing code parameter' });
    expect(here.wechat.requests).toEqual([]);
  });

  test('says what it sends, and who sends it', async () => {
    await get(here.open());
    for (const { headers, body } of here.wechat.requests) {
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'content-length': `${Buffer.byteLength(body)}`,
        'user-agent': `mpauthx/${version}`,
      });
    }
  });

  test('can be called without its namespace', async () => {
    const { getPhoneNumber } = here.open().wechat;
    expect(await getPhoneNumber(here.wechat.phone())).toStrictEqual(NUMBER);
  });

  test.each([
    ['appId', { appId: null }],
    ['secret', { secret: null }],
  ])('without an %s rejects with 6008 and says so', async (name, given) => {
    expect(await expectFailure(here.open(given).wechat.getPhoneNumber('code'))).toContain(name);
    expect(here.wechat.requests).toEqual([]);
  });
});

describe('a refusal', () => {
  test('of a code that was used, is old, nobody made, or came of wx.login is 40029', async () => {
    const app = here.open();
    const used = here.wechat.phone();
    await app.wechat.getPhoneNumber(used);
    const old = here.wechat.phone();
    here.wechat.pass(300000);
    const ofLogin = here.wechat.user({ openId: 'o1' }).code;
    for (const code of [used, old, 'nobody made this code', ofLogin]) {
      const error = await rejection(app.wechat.getPhoneNumber(code));
      expect(error).toMatchObject({ code: 6008, errcode: 40029, retryable: false });
      expect(error.errmsg).toBe(`invalid code rid: ${error.rid}`);
      expect(error.message).toMatch(/errcode 40029: the code is none of the phone number button's.*detail\.code/);
    }
    expect(here.count(STABLE_TOKEN)).toBe(1);
  });

  test('of another user’s code is WeChat’s, where the openId is given', async () => {
    const app = here.open();
    expect(await rejection(get(app, { openId: 'o1' }, { openId: 'o2' }))).toMatchObject({ code: 6008, errcode: 40029 });
    expect(await get(app, { openId: 'o1' }, { openId: 'o1' })).toStrictEqual(NUMBER);
  });

  test('of another mini-program’s code is 40013', async () => {
    expect(await rejection(get(here.open(), { appId: 'wx-other' }))).toMatchObject({ code: 6008, errcode: 40013 });
  });

  test.each([
    [-1, true],
    [45011, true],
    [45009, false],
    [40029, false],
    [48001, false],
    [41001, false],
  ])('(errcode %i) is 6008 with errcode, errmsg, rid and retryable, asked once', async (errcode, retryable) => {
    const refusal = here.wechat.refuse(errcode, 'some text', ' ');
    here.wechat.interrupt(PHONE, refusal, { ...refusal, errcode: String(errcode) });
    const { errmsg } = refusal;
    const said = { errcode, errmsg, rid: errmsg.split('rid: ')[1], retryable };
    const app = here.open();
    await expectFailure(get(app), said);
    await expectFailure(get(app), said);
    expect(here.count(PHONE)).toBe(2);
  });

  test.each([401, 412])('of an access token beside the status %i renews it', async (status) => {
    const app = here.open();
    here.wechat.interrupt(PHONE, { raw: { status, body: '{"errcode":40001}' } });
    expect(await get(app)).toStrictEqual(NUMBER);
    expect(here.count(PHONE)).toBe(2);
  });

  test('of an access token is 6008 likewise', async () => {
    const error = await rejection(here.open({ secret: 'another' }).wechat.getPhoneNumber('code'));
    expect(error).toMatchObject({ code: 6008, errcode: 40125, retryable: false, rid: expect.any(String) });
    expect(here.count(PHONE)).toBe(0);
    here.wechat.interrupt(STABLE_TOKEN, { errcode: '-1', errmsg: 'system error' });
    await expectFailure(get(here.open()), { errcode: -1, errmsg: 'system error', retryable: true });
  });

  test('is repeated as the option `retries` says, where WeChat is busy', async () => {
    const app = here.open({ options: { wechat: { retries: 2 } } });
    here.wechat.interrupt(STABLE_TOKEN, { errcode: -1 });
    here.wechat.interrupt(PHONE, { errcode: -1 }, { errcode: -1 });
    expect(await get(app)).toStrictEqual(NUMBER);
    expect([here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([2, 3]);
  });

  test.each(['zero', 'text'])('is none where all is well and the errcode is sent as: %s', async (errcode) => {
    const wechat = await startFakeWeChat({ errcode });
    expect(await createApp({ wechat }).wechat.getPhoneNumber(wechat.phone())).toStrictEqual(NUMBER);
    expect(await rejection(createApp({ wechat }).wechat.getPhoneNumber('x'))).toMatchObject({ errcode: 40029 });
  });
});

describe('a reply that is not what it should be', () => {
  const info = (given) => ({
    errcode: 0,
    phone_info: { ...NUMBER, watermark: { timestamp: 1, appid: sample.appId }, ...given },
  });

  test.each([
    ['a watermark of another mini-program', info({ watermark: { appid: 'wx-other' } }), 'not for this mini-program'],
    ['no watermark', info({ watermark: undefined }), 'phone_info.watermark'],
    ['a watermark that is null', info({ watermark: null }), 'phone_info.watermark'],
    ['a watermark without an appid', info({ watermark: {} }), 'phone_info.watermark.appid'],
    ['no phoneNumber', info({ phoneNumber: undefined }), 'phone_info.phoneNumber'],
    ['a purePhoneNumber that is a number', info({ purePhoneNumber: 13800138000 }), 'phone_info.purePhoneNumber'],
    ['no phone_info', { errcode: 0, errmsg: 'ok' }, 'holds no usable phone_info'],
    ['a phone_info that is null', { errcode: 0, phone_info: null }, 'holds no usable phone_info'],
    ['a list', [], 'phone_info'],
    ['status 412', { raw: { status: 412, body: '' } }, 'The status is 412'],
    ['status 502', { raw: { status: 502, body: '{"errcode":48001}' } }, 'The status is 502 (errcode 48001'],
    ['no JSON', { raw: { status: 200, body: '<html>' } }, 'not JSON'],
    ['JSON null', { raw: { status: 200, body: 'null' } }, 'null'],
    ['a connection that is cut', (_req, res) => res.destroy(), ''],
  ])('(%s) is 6008, asked for once, and told as that', async (_what, reply, said) => {
    here.wechat.interrupt(PHONE, reply);
    const error = await rejection(get(here.open()));
    expect(error).toMatchObject({ code: 6008, retryable: false });
    expect(told(error)).toContain(said);
    expect(told(error)).not.toContain(NUMBER.purePhoneNumber);
    expect(here.count(PHONE)).toBe(1);
  });

  test.each([
    ['no access token', { expires_in: 7200 }],
    ['an access token that is a number', { access_token: 5, expires_in: 7200 }],
    ['an empty access token', { access_token: '', expires_in: 7200 }],
    ['no life', { access_token: 'some-access-token' }],
    ['a life that is negative', { access_token: 'some-access-token', expires_in: -1 }],
    ['a life that is text', { access_token: 'some-access-token', expires_in: 'long' }],
    ['status 502', { raw: { status: 502, body: '' } }],
    ['no JSON', { raw: { status: 200, body: '' } }],
  ])('for the access token (%s) is 6008, and the next call asks again', async (_what, reply) => {
    const app = here.open();
    here.wechat.interrupt(STABLE_TOKEN, reply);
    await expectFailure(get(app));
    expect(here.count(PHONE)).toBe(0);
    expect(await get(app)).toStrictEqual(NUMBER);
  });

  test.each([PHONE, STABLE_TOKEN])('(none in time, %s) is 6008', async (path) => {
    const app = here.open({ options: { wechat: { timeout: 400, retries: 3 } } });
    here.wechat.interrupt(path, () => {});
    await within(15000, expectFailure(get(app)));
    expect(here.count(path)).toBe(1);
    expect(await get(app)).toStrictEqual(NUMBER);
  });
});

test('no error carries an access token, the secret, the code or a phone number', async () => {
  const accessToken = 'an-access-token-0123456789';
  const code = here.wechat.phone();
  const leaky = `${accessToken} ${code}`; // the secret is no part of this request
  const secrets = [accessToken, SECRET, code, NUMBER.purePhoneNumber];
  const replies = [
    [PHONE, { errcode: 40029, errmsg: leaky }],
    [PHONE, { errcode: 0, phone_info: { ...NUMBER, watermark: { appid: leaky } } }],
    [PHONE, { raw: { status: 500, body: leaky } }],
    [PHONE, { raw: { status: 200, body: leaky } }],
    [PHONE, (_req, res) => res.destroy()],
    [PHONE, { raw: { status: 502, body: JSON.stringify({ errcode: 40029, errmsg: leaky }) } }],
    [STABLE_TOKEN, { errcode: 40125, errmsg: `bad ${SECRET}` }],
    [STABLE_TOKEN, { raw: { status: 412, body: JSON.stringify({ errcode: 40125, errmsg: `bad ${SECRET}` }) } }],
    [STABLE_TOKEN, { access_token: accessToken, expires_in: 'x' }],
  ];
  for (const [path, reply] of replies) {
    here.wechat.interrupt(STABLE_TOKEN, ...(path === PHONE ? [{ access_token: accessToken, expires_in: 7200 }] : []));
    here.wechat.interrupt(path, reply);
    const error = await rejection(here.open().wechat.getPhoneNumber(code));
    expect(error).toMatchObject({ code: 6008 });
    const all = [
      error.message,
      error.stack,
      error.cause?.stack,
      JSON.stringify(error),
      ...Object.values(error).map(String),
    ].join('\n');
    for (const secret of secrets) expect(all).not.toContain(secret);
  }
});

test('many at once are answered each with their own number', async () => {
  const app = here.open();
  const numbers = await atOnce(50, (i) => get(app, { phoneNumber: `1380000${i}` }));
  expect(numbers.map(({ phoneNumber }) => phoneNumber)).toEqual(numbers.map((_, i) => `1380000${i}`));
});
