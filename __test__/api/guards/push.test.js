'use strict';

// What WeChat pushes, in every framework on real HTTP.

const { Pushes } = require('../../../lib/testing/fake-wechat/pushes');
const { describeEach } = require('./frameworks');
const { PUSH } = require('./servers/parts');
const { setting, startServer } = require('./support');

const here = setting();

const wechat = (format = 'json', given) => new Pushes({ appId: 'wx0123456789abcdef', ...PUSH, format, ...given });
const event = (Event, fields) => ({ ToUserName: 'gh_1', MsgType: 'event', Event, ...fields });

describeEach((name, { file, form, parses, drains = true }) => {
  let server;
  beforeAll(async () => {
    server = await startServer(name, here);
  });
  afterAll(() => expect(server.hasEnded()).toBe(false));

  const send = ({ method, query, headers, body }, more, path = '/push') =>
    server.ask(method, `${path}?${new URLSearchParams(query)}`, { headers: { ...headers, ...more }, body });
  const expectText = ({ status, headers, text }, wanted) => {
    expect([status, text]).toEqual([200, wanted]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers['content-type']).toMatch(/^text\/plain/);
  };
  const expectError = ({ status, headers, text, json }, wanted, said = /./) => {
    expect([status, text]).toEqual([wanted, expect.stringMatching(said)]);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(form === 'flat' && file === 'fastify' ? json.message : json.error.message).toEqual(expect.any(String));
  };

  test('the first request is answered with its echostr', async () => {
    const echo = wechat().echo();
    expectText(await send(echo), echo.query.echostr);
    expectError(await send({ ...echo, query: { ...echo.query, echostr: '<b>' } }), 400);
  });

  test.each(['json', 'xml'])('a message in %s reaches the handler, whose text is the answer', async (format) => {
    const message = event('reply', { Content: '你好 🐼 & <b>' });
    const { status, text } = await send(wechat(format).message(message));
    expect([status, JSON.parse(text)]).toEqual([200, message]);
  });

  test('what is sent in pieces, and without a type, is read', async () => {
    const push = wechat().message(event('quiet'));
    const pieces = push.body.toString().match(/.{1,40}/gs);
    const length = { 'Content-Type': 'application/json', 'Content-Length': push.body.length };
    const target = `/push?${new URLSearchParams(push.query)}`;
    expectText(await server.ask('POST', target, { headers: length, pieces }), 'success');
    expectText(await send({ ...wechat('xml').message(event('quiet')), headers: {} }), 'success');
  });

  test('any other answer of the handler is success', async () => {
    for (const each of ['quiet', 'number']) expectText(await send(wechat().message(event(each))), 'success');
  });

  test('what is forged, old, replayed or no message is 400', async () => {
    const push = wechat().message(event('quiet'));
    const changed = { ...push.query, msg_signature: '0'.repeat(40) };
    expectError(await send({ ...push, query: changed }), 400, /6001/);
    expectError(await send(wechat('json', { token: 'Another' }).message(event('quiet'))), 400);
    expectError(await send(wechat().message(event('quiet'), { timestamp: 1714112445 })), 400);
    expectError(await send(wechat().message(event('quiet'), { appId: 'wx1' })), 400, /6011/);
    expectText(await send(push), 'success');
    expectError(await send(push), 400, /before/);
    expectError(await send({ ...push, body: Buffer.alloc(0) }), 400);
    expectError(await server.ask('POST', '/push', { body: '{}' }), 400);
    expectError(await server.ask('GET', '/push'), 400);
  });

  test('where the handler fails it is 500 without a word of it, and the message can come again', async () => {
    const push = wechat().message(event('fail', { Nr: 1 }));
    const failed = await send(push);
    expectError(failed, 500);
    expect(failed.text).not.toMatch(/SELECT/);
    expectText(await send(push), 'success');
    expectError(await send(push), 400, /before/);
  });

  test('64 KiB and a byte are 413, and another method is refused', async () => {
    const { query, headers } = wechat().message(event('quiet'));
    expectError(await send({ method: 'POST', query, headers, body: Buffer.alloc(65537, ' ') }), 413);
    const chunked = { 'Transfer-Encoding': 'chunked' };
    expectError(await send({ method: 'POST', query, headers, body: Buffer.alloc(300000, ' ') }, chunked), 413);
    const { status, headers: given } = await server.ask('PUT', '/push');
    expect([status, given.allow]).toEqual(file === 'fastify' ? [404, undefined] : [405, 'GET, POST']);
  });

  if (parses) {
    test('the bytes that a parser left are taken', async () => {
      expectText(await send(wechat().message(event('quiet')), { 'X-Raw': '1' }), 'success');
      expectText(await send(wechat('xml').message(event('quiet')), { 'X-Raw': '1' }), 'success');
    });
  }

  if (parses && file !== 'hono') {
    test('what a parser made of them is not, and the answer says what to do', async () => {
      expectError(await send(wechat().message(event('quiet')), { 'X-Parse': '1' }), 400, /bytes.*in front/);
    });
  }

  if (drains) {
    test('a body that somebody else has read is 400', async () => {
      expectError(await send(wechat().message(event('quiet')), { 'X-Drain': '1' }), 400);
    });
  }

  if (file === 'nest') {
    test.each(['json', 'xml'])('behind the parsers of Nest, with rawBody, a message in %s arrives', async (format) => {
      expectText(await send(wechat(format).message(event('quiet')), {}, '/push-behind'), 'success');
    });
  }
});
