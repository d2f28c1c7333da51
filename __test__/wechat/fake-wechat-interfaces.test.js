'use strict';

// The interfaces of the fake WeChat that need an access token and no session key: images in place
// of JSON, uploads, messages.

const { startFakeWeChat } = require('../support');
const { ask, call, send } = require('./ask-fake');

const QR_CODE = '/wxa/getwxacodeunlimit';
const MESSAGE = '/cgi-bin/message/subscribe/send';
const TEXT = '/wxa/msg_sec_check';
const IMAGE = '/wxa/img_sec_check';

let wechat;
beforeEach(async () => {
  wechat = await startFakeWeChat();
});

test.each([QR_CODE, MESSAGE, TEXT, IMAGE])('%s needs an access token, and POST', async (path) => {
  expect(await ask(wechat, path, { body: {} })).toMatchObject({ errcode: 41001 });
  expect(await ask(wechat, path, { query: { access_token: 'x' }, body: {} })).toMatchObject({ errcode: 40001 });
  const { access_token } = wechat.accessToken({ expiresIn: 1 });
  wechat.pass(1000);
  expect(await ask(wechat, path, { query: { access_token }, body: {} })).toMatchObject({ errcode: 42001 });
  expect(await call(wechat, path)).toMatchObject({ errcode: 43002 });
});

test.each([QR_CODE, MESSAGE, TEXT])('%s takes an object of JSON and nothing else', async (path) => {
  expect(await call(wechat, path, { body: '' })).toMatchObject({ errcode: 44002 });
  for (const body of ['scene=1', '[]', '1', 'null', '"x"', '{']) {
    expect(await call(wechat, path, { body })).toMatchObject({ errcode: 47001 });
  }
});

describe('a QR code', () => {
  const draw = async (body) => {
    const { access_token } = wechat.accessToken();
    const reply = await send(wechat, QR_CODE, { query: { access_token }, body });
    expect(reply.status).toBe(200);
    return reply;
  };

  test('is the bytes of an image, which are no text', async () => {
    const reply = await draw({ scene: 'a=1', page: 'pages/index/index', check_path: false, env_version: 'trial' });
    expect(reply.headers.get('content-type')).toBe('image/jpeg');
    const bytes = Buffer.from(await reply.arrayBuffer());
    expect([bytes.subarray(0, 3).toString('hex'), bytes.subarray(-2).toString('hex')]).toEqual(['ffd8ff', 'ffd9']);
    expect(Buffer.from(bytes.toString()).equals(bytes)).toBe(false);
  });

  test.each([
    [{}, 40169],
    [{ scene: '' }, 40169],
    [{ scene: 1 }, 40169],
    [{ scene: 'x'.repeat(33) }, 40169],
    [{ scene: '中' }, 40129],
    [{ scene: '%20' }, 40129],
    [{ scene: 'x', page: '/pages/index/index' }, 41030],
    [{ scene: 'x', page: 'pages/index/index?a=1' }, 41030],
    [{ scene: 'scancode_time' }, 85096],
    [{ scene: 'x', width: 279 }, 40097],
    [{ scene: 'x', width: 1281 }, 40097],
    [{ scene: 'x', env_version: 'beta' }, 40097],
    [{ scene: 'x', check_path: 1 }, 47001],
  ])('with %j is JSON with the errcode %i in place of the image', async (body, errcode) => {
    const reply = await draw(body);
    expect(reply.headers.get('content-type')).toBe('text/plain');
    expect(await reply.json()).toMatchObject({ errcode });
  });

  test('leads to published pages, unless it does not matter', async () => {
    wechat = await startFakeWeChat({ pages: ['pages/index/index'] });
    expect(await (await draw({ scene: 'x', page: 'pages/new' })).json()).toMatchObject({ errcode: 41030 });
    for (const given of [{}, { page: 'pages/index/index' }, { page: 'pages/new', check_path: false }]) {
      expect((await draw({ scene: 'x', ...given })).headers.get('content-type')).toBe('image/jpeg');
    }
  });

  test('is refused as a test likes', async () => {
    wechat.interrupt(QR_CODE, wechat.refuse(41030, 'invalid page'), wechat.faults.quota());
    expect(await (await draw({ scene: 'x' })).json()).toMatchObject({ errcode: 41030 });
    expect(await (await draw({ scene: 'x' })).json()).toMatchObject({ errcode: 45009 });
    expect((await draw({ scene: 'x' })).headers.get('content-type')).toBe('image/jpeg');
  });
});

describe('a subscribe message', () => {
  const message = (given) => ({ touser: 'o1', template_id: 't1', data: { thing1: { value: '票' } }, ...given });

  test('is sent to whoever has not refused it', async () => {
    expect(await call(wechat, MESSAGE, { body: message({ page: 'index' }) })).toEqual({ errcode: 0, errmsg: 'ok' });
    wechat.refuseMessages('o1');
    expect(await call(wechat, MESSAGE, { body: message() })).toMatchObject({ errcode: 43101 });
    expect(await call(wechat, MESSAGE, { body: message({ touser: 'o2' }) })).toMatchObject({ errcode: 0 });
    expect(wechat.messages()).toEqual([message({ page: 'index' }), message({ touser: 'o2' })]);
  });

  test.each([
    [{ touser: '' }, 40003],
    [{ template_id: undefined }, 40037],
    [{ data: undefined }, 47003],
    [{ data: { thing1: '票' } }, 47003],
    [{ data: { thing1: { value: '' } } }, 47003],
  ])('with %j is refused', async (given, errcode) => {
    expect(await call(wechat, MESSAGE, { body: message(given) })).toMatchObject({ errcode });
    expect(wechat.messages()).toEqual([]);
  });
});

describe('a check of content', () => {
  const SAMPLE = '特3456书yuuo莞6543李zxcz蒜7782法fgnv级';
  const JPEG = Buffer.from('ffd8ffe00d0a0d0a2d2d62ffd9', 'hex');

  const upload = (bytes, name = 'media') => {
    const body = new FormData();
    body.append('scene', 'x');
    body.append(name, new Blob([bytes], { type: 'image/jpeg' }), 'a "picture".jpg');
    return call(wechat, IMAGE, { body });
  };

  test('tells in version 1 by the errcode', async () => {
    expect(await call(wechat, TEXT, { body: { content: 'hello' } })).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(await call(wechat, TEXT, { body: { content: SAMPLE } })).toMatchObject({ errcode: 87014 });
    wechat.forbid('hello');
    expect(await call(wechat, TEXT, { body: { content: 'hello' } })).toMatchObject({ errcode: 87014 });
  });

  test('tells in version 2 by a verdict', async () => {
    const verdict = (content) => call(wechat, TEXT, { body: { version: 2, scene: 2, openid: 'o1', content } });
    expect(await verdict('hello')).toMatchObject({ errcode: 0, result: { suggest: 'pass', label: 100 } });
    wechat.forbid('hello');
    expect(await verdict('hello')).toMatchObject({ errcode: 0, result: { suggest: 'risky', label: 21000 } });
  });

  test('takes any bytes as an image', async () => {
    expect(await upload(JPEG)).toEqual({ errcode: 0, errmsg: 'ok' });
    wechat.forbid(JPEG);
    expect(await upload(JPEG)).toMatchObject({ errcode: 87014 });
    expect(await upload(JPEG.subarray(1))).toMatchObject({ errcode: 0 });
    expect(wechat.requestsOf(IMAGE)[0].bytes.includes(JPEG)).toBe(true);
  });

  test('needs an image in a part with the right name, of 1 MiB at most', async () => {
    expect(await upload(JPEG, 'image')).toMatchObject({ errcode: 41005 });
    expect(await upload(Buffer.alloc(0))).toMatchObject({ errcode: 41005 });
    expect(await upload(Buffer.alloc(1048576))).toMatchObject({ errcode: 0 });
    expect(await upload(Buffer.alloc(1048577))).toMatchObject({ errcode: 40006 });
    expect(await call(wechat, IMAGE, { body: { media: 'x' } })).toMatchObject({ errcode: 41005 });
  });
});
