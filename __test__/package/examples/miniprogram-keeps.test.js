'use strict';

// What the mini-program does about a token that it kept, and about a server that is busy.

const { atOnce, rejection } = require('../../support');
const { startPair, tokenOf } = require('./miniprogram');

let server;
let wx;
let start;
let endToken;
let sessions;

beforeEach(async () => {
  ({ server, wx, start, endToken, sessions } = await startPair());
});

const get = (client, where = '/orders') => client.request({ url: `${server.url}${where}` });
const paths = () => server.seen.map(({ path }) => path);
const kept = () => wx.getStorageSync('mpauthx-token');

/** A launch that logged in, and is over. Its token. */
async function earlierLaunch() {
  await get(start());
  server.seen.length = 0;
  return kept();
}

/** Answers a path with what is in `replies`, one after the other; then as usual. */
function answer(path, ...replies) {
  const usual = server.routes[path] ?? server.routes.others;
  server.answers[path] = async (request) => replies.shift() ?? usual(request);
}

const BUSY = [503, { error: { code: 6000 } }, { 'Retry-After': '5' }];

describe('a token that an earlier launch has kept', () => {
  test('is renewed before anything else is sent, and only once', async () => {
    const old = await earlierLaunch();
    const client = start();
    const replies = await atOnce(20, () => get(client));
    expect(replies.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
    await get(client);
    expect(paths()).toEqual(['/auth/renew', ...Array(21).fill('/orders')]);
    const [renewal, ...requests] = server.seen.map(tokenOf);
    expect(renewal).toBe(old);
    expect(new Set(requests)).toEqual(new Set([kept()]));
    expect(kept()).not.toBe(old);
    expect(wx.logins).toBe(1);
    expect(await sessions()).toHaveLength(1);
  });

  test('is followed by a login where it has ended', async () => {
    await earlierLaunch();
    await endToken();
    expect(await get(start())).toMatchObject({ statusCode: 200 });
    expect(paths()).toEqual(['/auth/renew', '/auth/login', '/orders']);
  });

  test('is used as it is where the server does not renew', async () => {
    const old = await earlierLaunch();
    answer('/auth/renew', [404, {}]);
    const client = start();
    await get(client);
    await get(client);
    expect(paths()).toEqual(['/auth/renew', '/orders', '/orders']);
    expect(kept()).toBe(old);
  });

  test.each([503, 502])('is renewed at the next request where the server says %i', async (status) => {
    const old = await earlierLaunch();
    answer('/auth/renew', [status, {}]);
    const client = start();
    await get(client);
    expect(kept()).toBe(old);
    await get(client);
    expect(paths()).toEqual(['/auth/renew', '/orders', '/auth/renew', '/orders']);
    expect(kept()).not.toBe(old);
  });

  test('gives way to the new one where the reply to its renewal was lost', async () => {
    await earlierLaunch();
    const { request } = wx;
    wx.request = ({ success, fail, ...options }) => {
      wx.request = request;
      request.call(wx, { ...options, success: () => fail({ errMsg: 'request:fail' }), fail });
    };
    const client = start();
    expect(await rejection(get(client))).toEqual({ errMsg: 'request:fail' });
    expect(await get(client)).toMatchObject({ statusCode: 200 });
    expect(paths()).toEqual(['/auth/renew', '/auth/renew', '/orders']);
    expect(wx.logins).toBe(1);
  });
});

test('a request waits for a login that runs, and is sent with its token alone', async () => {
  const client = start();
  await get(client);
  const login = client.login();
  await Promise.all([login, get(client, '/later')]);
  expect(server.statuses('/later')).toEqual([200]);
  expect(tokenOf(server.seen.at(-1))).toBe(await login);
});

test('a login while a token lives takes the place of that session', async () => {
  await earlierLaunch();
  await start().login();
  expect(await sessions()).toHaveLength(1);
});

describe('a 503', () => {
  test('is waited for as long as it says, up to twice as long, and asked again', async () => {
    const client = start();
    await get(client);
    answer('/orders', BUSY, BUSY);
    expect(await get(client)).toMatchObject({ statusCode: 200 });
    expect(wx.waits).toHaveLength(2);
    for (const wait of wx.waits) expect(wait >= 5000 && wait < 10000).toBe(true);
    expect(wx.logins).toBe(1);
  });

  test('of a login is asked again with another code', async () => {
    answer('/auth/login', BUSY);
    expect(await get(start())).toMatchObject({ statusCode: 200 });
    const codes = server.seen.filter(({ path }) => path === '/auth/login').map(({ body }) => body);
    expect(new Set(codes).size).toBe(2);
  });

  test('that does not end is what the request resolves with', async () => {
    const client = start();
    await get(client);
    answer('/orders', ...Array(9).fill(BUSY));
    expect(await get(client)).toMatchObject({ statusCode: 503 });
    expect(wx.waits).toHaveLength(3);
  });

  test.each([
    ['no Retry-After', {}],
    ['one that is too long', { 'Retry-After': '3600' }],
    ['a date', { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' }],
  ])('with %s is not waited for: who knows what was done', async (_name, headers) => {
    const client = start();
    await get(client);
    answer('/orders', [503, {}, headers]);
    expect(await get(client)).toMatchObject({ statusCode: 503 });
    expect(wx.waits).toEqual([]);
  });

  test('then a 401: waits, logs in, and asks once more', async () => {
    const client = start();
    await get(client);
    await endToken();
    answer('/orders', BUSY);
    expect(await get(client)).toMatchObject({ statusCode: 200 });
    expect(wx.logins).toBe(2);
  });
});

test('a login that is refused says with what', async () => {
  answer('/auth/login', [403, { error: { code: 6008 } }]);
  const error = await rejection(start().login());
  expect(error).toMatchObject({ message: 'login failed: status 403', statusCode: 403 });
  expect(error.data).toEqual({ error: { code: 6008 } });
});

test('logout ends the session on the server, and the next request logs in', async () => {
  const client = start();
  await get(client);
  await client.logout();
  expect(await sessions()).toEqual([]);
  expect(wx.storage.size).toBe(0);
  await client.logout();
  expect(await get(client)).toMatchObject({ statusCode: 200 });
  expect(wx.logins).toBe(2);
});
