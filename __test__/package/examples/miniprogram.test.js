'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const vm = require('node:vm');
const { once } = require('node:events');
const { atOnce, createApp, defer, everybody, rejection, ROOT, startFakeWeChat, until } = require('../../support');

const SOURCE = fs.readFileSync(path.join(ROOT, 'examples/miniprogram/auth.js'), 'utf8');

const UNAUTHORIZED = { statusCode: 401, data: {} };

let wechat;
let app;
let server;
let wx;
let client;

beforeEach(async () => {
  wechat = await startFakeWeChat({ strict: true });
  app = createApp({ wechat, db: everybody() });
  server = await startServer();
  wx = wxDouble();
  client = load()(`${server.url}/login`);
});

/** The module where a mini-program has it: JavaScript and wx, and nothing of Node's. */
function load() {
  const module = { exports: {} };
  vm.runInNewContext(SOURCE, { module, wx });
  return module.exports;
}

/**
 * An application's server: a login, and paths for those who are logged in. A function in `answers`
 * answers its path instead.
 */
async function startServer() {
  const seen = [];
  const answers = {};
  const handle = async (req, res) => {
    const body = await text(req);
    const request = { path: req.url, method: req.method, headers: req.headers, body, status: 0 };
    seen.push(request);
    const [status, data] = await (answers[req.url] ?? (req.url === '/login' ? logIn : serve))(request);
    request.status = status;
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(data));
  };
  const listener = http.createServer(handle);
  defer(() => {
    listener.close();
    listener.closeAllConnections();
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const statuses = (wanted) => seen.filter((request) => request.path === wanted).map(({ status }) => status);
  return { url: `http://127.0.0.1:${listener.address().port}`, seen, answers, statuses };
}

async function logIn({ body }) {
  const { token } = await app.login(JSON.parse(body).code);
  return [200, { token }];
}

const tokenOf = ({ headers }) => (headers.authorization ?? '').replace(/^Bearer /, '');

async function serve(request) {
  const token = tokenOf(request);
  try {
    await app.isTokenValid(token);
  } catch (error) {
    if (error) throw error;
    return [401, {}];
  }
  return [200, { user: app.extractOpenId(token), method: request.method, body: request.body }];
}

/** What the client uses of WeChat's wx, with callbacks as there. */
function wxDouble() {
  const storage = new Map();
  return {
    logins: 0,
    refused: 0,
    storage,
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => storage.set(key, value),
    login({ success }) {
      this.logins += 1;
      setImmediate(success, { errMsg: 'login:ok', code: wechat.user({ openId: 'o1' }).code });
    },
    request({ url, method = 'GET', data, header, success, fail }) {
      const sent = { method, headers: { 'content-type': 'application/json', ...header }, body: JSON.stringify(data) };
      fetch(url, sent).then(
        async (reply) => {
          const data = await reply.json();
          if (reply.status === 401) this.refused += 1;
          success({ statusCode: reply.status, data });
        },
        () => fail({ errMsg: 'request:fail' }),
      );
    },
  };
}

async function text(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const get = (where = '/orders') => client.request({ url: `${server.url}${where}` });

/** Ends the token that the client has. */
const endToken = () => app.refreshToken('o1');

const LOGGED_IN = { statusCode: 200, data: expect.objectContaining({ user: 'o1' }) };

test('the first request logs in and keeps the token; later ones send it', async () => {
  expect(await get()).toEqual(LOGGED_IN);
  expect(await get()).toEqual(LOGGED_IN);
  expect(wx.logins).toBe(1);
  const [token] = wx.storage.values();
  expect(server.seen.map(tokenOf)).toEqual(['', token, token]);
  expect(server.statuses('/orders')).toEqual([200, 200]);
});

test('a token kept from an earlier start is used', async () => {
  await get();
  client = load()(`${server.url}/login`);
  expect(await get()).toEqual(LOGGED_IN);
  expect(wx.logins).toBe(1);
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
    const answer = await serve(request);
    if (answer[0] === 401) await held;
    return answer;
  };
  const slow = get('/slow');
  expect(await get()).toEqual(LOGGED_IN);
  release();
  expect(await slow).toEqual(LOGGED_IN);
  expect(wx.logins).toBe(2);
});

test('a 401 for a new token is what the request resolves with', async () => {
  server.answers['/never'] = () => [401, {}];
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
      server.answers['/login'] = async () => {
        await when;
        return [500, {}];
      };
      return () => {
        delete server.answers['/login'];
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
