'use strict';

// Requests of the application's own: what goes to WeChat, and what comes of it.

const { createHash, createHmac } = require('node:crypto');
const path = require('node:path');
const NpmFormData = require('form-data');
const { IMAGE } = require('../../lib/testing/fake-wechat/qr-codes');
const { atOnce, rejection, sample, startFakeWeChat, tempDir, told } = require('../support');
const { STABLE_TOKEN, ownWeChat } = require('./support');

const here = ownWeChat();

const QR_CODE = '/wxa/getwxacodeunlimit';
const MESSAGE = '/cgi-bin/message/subscribe/send';
const IMAGE_CHECK = '/wxa/img_sec_check';
const ANY = '/any/path';

let app;
beforeEach(() => {
  app = here.open();
});
const request = (...args) => app.wechat.request(...args);

/** What WeChat got for the one request that was made with these options. */
async function sent(options) {
  here.wechat.interrupt(ANY, { errcode: 0, errmsg: 'ok' });
  await request(ANY, options);
  return here.wechat.requestsOf(ANY).at(-1);
}

describe('what is sent', () => {
  test('is a GET with the access token, where nothing else is said', async () => {
    for (const options of [undefined, null, {}, { method: 'GET' }, { method: null, body: null, query: null }]) {
      const { method, query, bytes } = await sent(options);
      const [accessToken] = here.wechat.accessTokens();
      expect({ method, query, bytes }).toEqual({
        method: 'GET',
        query: { access_token: accessToken },
        bytes: undefined,
      });
    }
  });

  test('is a POST with a body, or where it says so', async () => {
    expect(await sent({ body: {} })).toMatchObject({ method: 'POST', body: '{}' });
    expect(await sent({ method: 'POST' })).toMatchObject({ method: 'POST', body: '' });
  });

  test('has a query of any text, once, with numbers and booleans', async () => {
    const query = { a: '1 & 2=3?#/%41', b: '微信 🐼', C_d: 7, 'e-f': true, empty: '' };
    const { access_token: accessToken, ...others } = (await sent({ query })).query;
    expect(others).toEqual({ ...query, C_d: '7', 'e-f': 'true' });
    expect(here.wechat.accessTokens()).toEqual([accessToken]);
  });

  test.each([
    ['an object', { a: '微信', b: [1, null], c: undefined }, '{"a":"微信","b":[1,null]}'],
    ['a list', [1, '二'], '[1,"二"]'],
    ['an object that says how it is written', { toJSON: () => ({ a: 1 }) }, '{"a":1}'],
    ['text, as it is', ' {"a" : "微信\\u5fae\r\n🐼"}\n', ' {"a" : "微信\\u5fae\r\n🐼"}\n'],
    ['no text', '', ''],
  ])('is as JSON: %s', async (_what, body, text) => {
    const { headers, bytes } = await sent({ body });
    expect(headers['content-type']).toBe('application/json');
    expect(bytes).toEqual(Buffer.from(text));
  });

  test.each([
    ['a Buffer', Buffer.from([0, 255, 13, 10, 128])],
    ['a view', new Uint16Array([1, 65535, 3]).subarray(1)],
    ['no bytes', new Uint8Array()],
  ])('is bytes, as they are: %s', async (_what, body) => {
    const { headers, bytes } = await sent({ body });
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(bytes).toEqual(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  });

  test('is what the bytes were when the function was called', async () => {
    const body = Buffer.from('signed');
    here.wechat.interrupt(ANY, { errcode: 0 });
    const answer = request(ANY, { body });
    body.fill('x');
    await answer;
    expect(here.wechat.requestsOf(ANY)[0].body).toBe('signed');
  });

  test('is an upload: a FormData of the platform, or of npm', async () => {
    const image = Buffer.concat([IMAGE, Buffer.from([0, 13, 10, 45, 45])]);
    const own = new FormData();
    own.append('media', new Blob([image], { type: 'image/jpeg' }), '图.jpg');
    const other = new NpmFormData();
    other.append('media', image, { filename: 'a.jpg', contentType: 'image/jpeg' });
    for (const body of [own, other]) expect(await request(IMAGE_CHECK, { body })).toMatchObject({ errcode: 0 });
    here.wechat.forbid(image);
    for (const body of [own, other]) {
      expect(await rejection(request(IMAGE_CHECK, { body }))).toMatchObject({ code: 6008, errcode: 87014 });
    }
    for (const { headers } of here.wechat.requestsOf(IMAGE_CHECK)) {
      expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    }
  });

  test('goes to the path as it is', async () => {
    const odd = '/cgi-bin/a-b_c.d~e/v2';
    here.wechat.interrupt(odd, { errcode: 0 });
    await request(odd);
    expect(here.wechat.requests.at(-1).path).toBe(odd);
  });

  test('is signed by the bytes, for virtual payment', async () => {
    app = here.open({ db: new Set(), options: { sessionKeys: true } });
    const { token } = await app.login(here.wechat.user({ openId: 'o1' }).code);
    const balance = '/xpay/query_user_balance';
    const body = JSON.stringify({ openid: 'o1', env: 0, user_ip: '127.0.0.1', note: '微信' });
    const paySig = createHmac('sha256', 'app-key').update(`${balance}&${body}`).digest('hex');
    const query = { pay_sig: paySig, signature: await app.wechat.sign(token, body) };
    expect(await request(balance, { method: 'POST', query, body })).toMatchObject({ errcode: 0, balance: 0 });
    const other = await rejection(request(balance, { method: 'POST', query, body: `${body} ` }));
    expect(other).toMatchObject({ code: 6008, errcode: 268490003 });
  });
});

describe('what comes', () => {
  test.each([['absent'], ['zero'], ['text']])('is an object of its own (errcode %s)', async (errcode) => {
    here.wechat = await startFakeWeChat({ errcode });
    app = here.open();
    const body = { touser: 'o1', template_id: 't', data: { thing1: { value: '茶' } } };
    const [one, other] = await atOnce(2, () => request(MESSAGE, { body }));
    expect(Number(one.errcode)).toBe(0);
    expect(one).not.toBe(other);
    expect(here.wechat.messages()).toEqual([body, body]);
    here.wechat.refuseMessages('o1');
    const error = await rejection(request(MESSAGE, { body }));
    expect(error).toMatchObject({ name: 'MpauthxError', code: 6008, status: 502, errcode: 43101, retryable: false });
    expect(error.errmsg).toMatch(/^user refuse to accept the msg rid: /);
    expect(error.rid).toMatch(/^[\da-f-]+$/);
    expect(told(error)).toMatch(/the user has not agreed to this message/);
  });

  test('is what WeChat wrote, whatever its names and numbers', async () => {
    const json = '{"__proto__":{"a":1},"constructor":1,"n":1e400,"big":12345678901234567890,"s":"\\ud83d","a":1,"a":2}';
    here.wechat.interrupt(ANY, { raw: { body: json } });
    const got = await request(ANY);
    expect(got).toEqual(JSON.parse(json));
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
  });

  test('is a Buffer, where bytes are asked for', async () => {
    const image = await request(QR_CODE, { body: { scene: 'a=1' }, as: 'bytes' });
    expect(Buffer.isBuffer(image)).toBe(true);
    expect(image).toEqual(IMAGE);
    for (const file of [
      Buffer.alloc(8 << 20, 'ab'),
      Buffer.from('{no json'),
      Buffer.from('{"a":1}'),
      Buffer.from('[1'),
    ]) {
      here.wechat.interrupt(ANY, { raw: { body: file } });
      const got = await request(ANY, { as: 'bytes' });
      expect(createHash('sha1').update(got).digest()).toEqual(createHash('sha1').update(file).digest());
    }
  });

  test('is an error where an errcode comes in place of the bytes', async () => {
    const error = await rejection(request(QR_CODE, { body: { scene: '微信' }, as: 'bytes' }));
    expect(error).toMatchObject({ name: 'MpauthxError', code: 6008, errcode: 40129 });
    for (const body of ['{"errcode":"41030"}', '\n {"errcode":41030}', '\ufeff{"errcode":41030}']) {
      here.wechat.interrupt(ANY, { raw: { headers: { 'Content-Type': 'image/jpeg' }, body } });
      expect(await rejection(request(ANY, { as: 'bytes' }))).toMatchObject({ code: 6008, errcode: 41030 });
    }
  });

  test.each([
    ['not JSON', '<html>'],
    ['not JSON', '{"a":'],
    ['not JSON', ''],
    ['not an object of JSON', 'null'],
    ['not an object of JSON', '[1]'],
    ['not an object of JSON', '"ok"'],
    ['not an object of JSON', '0'],
    ['not an object of JSON', ' true '],
  ])('is an error where it is %s: %j', async (what, body) => {
    here.wechat.interrupt(ANY, { raw: { body } });
    const error = await rejection(request(ANY));
    expect(error).toMatchObject({ name: 'MpauthxError', code: 6008, status: 503, retryable: false });
    expect(told(error)).toBe(`Request to WeChat error: WeChat's reply is ${what}`);
  });

  test('is an error where there are no bytes', async () => {
    here.wechat.interrupt(ANY, { raw: { body: ' \n' } });
    const error = await rejection(request(ANY, { as: 'bytes' }));
    expect(error).toMatchObject({ code: 6008 });
    expect(told(error)).toMatch(/reply is empty/);
  });
});

test('a hundred requests at once share one access token', async () => {
  const body = { scene: 'a=1' };
  const images = await atOnce(100, () => request(QR_CODE, { body, as: 'bytes' }));
  expect(images).toEqual(Array(100).fill(IMAGE));
  expect([here.count(STABLE_TOKEN), here.count(QR_CODE)]).toEqual([1, 100]);
});

test('a request that was made before `close` is answered', async () => {
  const answer = request(QR_CODE, { body: { scene: 'a=1' }, as: 'bytes' });
  await app.close();
  expect(await answer).toEqual(IMAGE);
  expect(await rejection(request(ANY))).toMatchObject({ code: 6000 });
});

test('two mini-programs in one store never share an access token', async () => {
  const other = await startFakeWeChat({ appId: 'wx-other' });
  const tokens = { file: path.join(tempDir(), 'tokens.db') };
  app = here.open({ tokens });
  const second = here.open({ tokens, appId: 'wx-other', wechat: other });
  const ask = (on) => on.wechat.request(QR_CODE, { body: { scene: 'a=1' }, as: 'bytes' });
  for (let round = 0; round < 2; round += 1) await Promise.all([ask(app), ask(second)]);
  expect(here.wechat.requestsOf(STABLE_TOKEN).map(({ json }) => json.appid)).toEqual([sample.appId]);
  expect(other.requestsOf(STABLE_TOKEN).map(({ json }) => json.appid)).toEqual(['wx-other']);
  expect(await second.wechat.accessToken()).toBe(other.accessTokens()[0]);
  expect(await app.wechat.accessToken()).toBe(here.wechat.accessTokens()[0]);
});

test('a login never asks for an access token', async () => {
  app = here.open({ db: new Set(), options: { sessionKeys: true } });
  await app.login(here.wechat.user({ openId: 'o1' }).code);
  const { code, encryptedData, iv } = here.wechat.user({ openId: 'o2' });
  await app.authorize(code, encryptedData, iv);
  expect(here.wechat.requests.map(({ path }) => path)).toEqual(Array(2).fill('/sns/jscode2session'));
});
