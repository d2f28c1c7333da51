'use strict';

const net = require('node:net');
const { once } = require('node:events');
const { createApp, defer, everybody, refused, rejection } = require('../../support');
const { EXCHANGE, gate, strictWeChat } = require('./support');

const here = strictWeChat();

const open = (retries, wechat) => here.open({ options: { wechat: { retries, ...wechat } } });

const BUSY = { errcode: -1, errmsg: 'system error' };

/** WeChat answers as told so many times, and then as it does. */
const first = (count, reply) => here.wechat.interrupt(EXCHANGE, ...Array(count).fill(reply));

test('WeChat being busy is asked again', async () => {
  const code = here.code();
  first(2, BUSY);
  expect((await open(2).login(code)).token).toMatch(/^o1\|/);
  expect(here.requests(code)).toBe(3);
});

test('by authorize too', async () => {
  const { code, encryptedData, iv } = here.wechat.user({ openId: 'o1' });
  first(1, { ...BUSY, errcode: '-1' });
  expect((await open(1).authorize(code, encryptedData, iv)).response).toMatch(/^o1\|/);
  expect(here.requests(code)).toBe(2);
});

test('as often as the option says, and no more', async () => {
  const code = here.code();
  first(3, BUSY);
  expect(await rejection(open(2).login(code))).toMatchObject({ code: 6008, errcode: -1, retryable: true });
  expect(here.requests(code)).toBe(3);
  expect((await open(0).login(code)).token).toMatch(/^o1\|/);
});

test.each([undefined, null, 0])('not with retries: %p', async (retries) => {
  const code = here.code();
  first(1, BUSY);
  expect(await rejection(open(retries).login(code))).toMatchObject({ code: 6008, errcode: -1, retryable: true });
  expect(here.requests(code)).toBe(1);
});

describe('what may have counted is asked once', () => {
  test.each([
    ['a refusal', { errcode: 40029, errmsg: 'invalid code' }],
    ['too many calls', { errcode: 45011, errmsg: 'api minute-quota reach limit' }],
    ['status 500', { raw: { status: 500, body: '' } }],
    ['status 503', { raw: { status: 503, body: '' } }],
    ['a reply that is not JSON', { raw: { status: 200, body: '<html>' } }],
    ['a redirect', { raw: { status: 302, headers: { Location: '/' }, body: '' } }],
    ['a connection that is cut before the reply', (_req, res) => res.destroy()],
    [
      'a connection that is cut within the reply',
      (_req, res) => {
        res.writeHead(200, { 'Content-Length': 100 });
        res.write('{', () => res.destroy());
      },
    ],
  ])('(%s)', async (_what, reply) => {
    const code = here.code();
    first(1, reply);
    expect(await rejection(open(10).login(code))).toMatchObject({ code: 6008 });
    expect(here.requests(code)).toBe(1);
  });

  test('(no answer in time)', async () => {
    const code = here.code();
    first(1, () => {});
    const error = await refused(open(10, { timeout: 300 }).login(code));
    expect(error).toMatchObject({ code: 6008, retryable: false, message: expect.stringContaining('300 ms') });
    expect(here.requests(code)).toBe(1);
  });
});

describe('a connection that cannot be made', () => {
  /** Cuts every TLS handshake, and counts them. */
  async function cutter() {
    const seen = { connections: 0 };
    const server = net.createServer((socket) => {
      seen.connections += 1;
      socket.on('error', () => {}).once('data', () => socket.destroy());
    });
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    seen.endpoint = `https://127.0.0.1:${server.address().port}`;
    return seen;
  }

  test.each([0, 3])('is tried again as often as the option says (%i)', async (retries) => {
    const seen = await cutter();
    const app = createApp({ db: everybody(), options: { wechat: { endpoint: seen.endpoint, retries } } });
    expect(await rejection(app.login('code'))).toMatchObject({ code: 6008, retryable: true });
    expect(seen.connections).toBe(retries + 1);
  });

  test('that does not come about in time is tried again as well', async () => {
    let connections = 0;
    const server = net.createServer((socket) => {
      connections += 1;
      defer(() => socket.destroy());
    });
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const wechat = { endpoint: `https://127.0.0.1:${server.address().port}`, retries: 2, timeout: 600 };
    const app = createApp({ db: everybody(), options: { wechat } });
    expect(await refused(app.login('code'))).toEqual({
      code: 6008,
      retryable: true,
      message: expect.stringContaining('no connection to WeChat within 300 ms'),
    });
    expect(connections).toBe(3);
  });

  test('is tried again by getPhoneNumber', async () => {
    const seen = await cutter();
    const app = createApp({ options: { wechat: { endpoint: seen.endpoint, retries: 2 } } });
    expect(await rejection(app.wechat.getPhoneNumber('code'))).toMatchObject({ code: 6008, retryable: true });
    expect(seen.connections).toBe(3);
  });
});

test('close waits for a login that is tried again', async () => {
  const app = open(5);
  const code = here.code();
  const { opened, open: asked } = gate();
  first(2, (_req, res) => {
    asked();
    res.end(JSON.stringify(BUSY));
  });
  const order = [];
  const pending = app.login(code).then(() => order.push('login'));
  await opened;
  await app.close().then(() => order.push('close'));
  await pending;
  expect(order).toEqual(['login', 'close']);
});
