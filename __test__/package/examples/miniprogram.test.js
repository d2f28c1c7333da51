'use strict';

const { atOnce, rejection, until } = require('../../support');
const { startPair, tokenOf } = require('./miniprogram');

let server;
let wx;
let start;
let endToken;
let client;

beforeEach(async () => {
  ({ server, wx, start, endToken } = await startPair());
  client = start();
});

const get = (where = '/orders') => client.request({ url: `${server.url}${where}` });

const REPLY = { header: expect.anything() };
const LOGGED_IN = { ...REPLY, statusCode: 200, data: expect.objectContaining({ user: 'o1' }) };
const UNAUTHORIZED = { ...REPLY, statusCode: 401, data: {} };

test('the first request logs in and keeps the token; later ones send it', async () => {
  expect(await get()).toEqual(LOGGED_IN);
  expect(await get()).toEqual(LOGGED_IN);
  expect(wx.logins).toBe(1);
  const [token] = wx.storage.values();
  expect(server.seen.map(tokenOf)).toEqual(['', token, token]);
  expect(server.statuses('/orders')).toEqual([200, 200]);
});

test('20 first requests at once are one login', async () => {
  expect(await atOnce(20, () => get())).toEqual(Array(20).fill(LOGGED_IN));
  expect(wx.logins).toBe(1);
});

test('20 requests that meet a 401 at once are one login, and each is repeated once', async () => {
  await get();
  await endToken();
  expect(await atOnce(20, () => get('/many'))).toEqual(Array(20).fill(LOGGED_IN));
  expect(wx.logins).toBe(2);
  expect(server.statuses('/many').sort()).toEqual([...Array(20).fill(200), ...Array(20).fill(401)]);
});

test('a 401 that comes when another request has logged in uses its token', async () => {
  await get();
  await endToken();
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  server.answers['/slow'] = async (request) => {
    const answer = server.routes.others(request);
    await answer.catch(() => held);
    return answer;
  };
  const slow = get('/slow');
  expect(await get()).toEqual(LOGGED_IN);
  release();
  expect(await slow).toEqual(LOGGED_IN);
  expect(wx.logins).toBe(2);
});

test('a 401 for a new token is what the request resolves with', async () => {
  server.answers['/never'] = async () => [401, {}];
  expect(await get('/never')).toEqual(UNAUTHORIZED);
  expect(server.statuses('/never')).toEqual([401, 401]);
  expect(wx.logins).toBe(2);
});

describe('a login that fails', () => {
  const FAILURES = {
    'at wx.login': (when) => {
      const { login } = wx;
      wx.login = async ({ fail }) => {
        wx.logins += 1;
        await when;
        fail({ errMsg: 'login:fail' });
      };
      return () => {
        wx.login = login;
      };
    },
    'at the server': (when) => {
      server.answers['/auth/login'] = async () => {
        await when;
        return [500, {}];
      };
      return () => {
        delete server.answers['/auth/login'];
      };
    },
  };

  test.each(Object.keys(FAILURES))(
    '(%s) rejects all that wait for it, and the next request logs in anew',
    async (where) => {
      const mend = FAILURES[where]();
      const reasons = await atOnce(20, () => rejection(get()));
      expect(new Set(reasons).size).toBe(1);
      expect(reasons[0]).toMatchObject(
        where === 'at wx.login' ? { errMsg: 'login:fail' } : { message: expect.stringContaining('500') },
      );
      expect(wx.logins).toBe(1);
      expect(server.statuses('/orders')).toEqual([]);
      mend();
      expect(await get()).toEqual(LOGGED_IN);
    },
  );

  test.each(Object.keys(FAILURES))('(%s) rejects all that met a 401', async (where) => {
    await get();
    await endToken();
    let fail;
    const mend = FAILURES[where](
      new Promise((resolve) => {
        fail = resolve;
      }),
    );
    const pending = atOnce(20, () => rejection(get('/many')));
    await until(() => wx.refused === 20);
    fail();
    expect(new Set(await pending).size).toBe(1);
    expect(wx.logins).toBe(2);
    expect(server.statuses('/many')).toEqual(Array(20).fill(401));
    mend();
    expect(await get('/many')).toEqual(LOGGED_IN);
  });
});

test('a request that gets no reply rejects with what wx says, without a login', async () => {
  await get();
  expect(await rejection(client.request({ url: 'http://127.0.0.1:1/' }))).toEqual({ errMsg: 'request:fail' });
  expect(wx.logins).toBe(1);
});

test('the options of a request are kept, also when it is repeated', async () => {
  await get();
  await endToken();
  const options = { url: `${server.url}/put`, method: 'PUT', data: { a: '字' }, header: { 'x-own': '1' } };
  const { data } = await client.request(options);
  expect(data).toEqual({ user: 'o1', method: 'PUT', body: '{"a":"字"}' });
  const sent = server.seen.filter((request) => request.path === '/put');
  expect(sent.map(({ headers }) => headers['x-own'])).toEqual(['1', '1']);
  expect(options.header).toEqual({ 'x-own': '1' });
});
