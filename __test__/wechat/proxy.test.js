'use strict';

const net = require('node:net');
const path = require('node:path');
const { once } = require('node:events');
const { createApp, defer, everybody, rejection, runNode, seen, startFakeWeChat } = require('../support');
const { certificates } = require('../support/certificates');
const { tcpProxy } = require('../support/tcp-proxy');
const { NUMBER } = require('./support');
const { startProxy } = require('./connect-proxy');

const PASSWORD = 'pass:w@rd/ü%';
const AUTH = `user:${PASSWORD}`;

let made;
let wechat;
beforeAll(async () => {
  made = certificates();
  wechat = await startFakeWeChat({ strict: true, tls: made.tls });
});

/** What a process that trusts the certificate gets of WeChat through a proxy. */
async function ask(options, env) {
  const login = wechat.user({ openId: 'o1' }).code;
  const config = { wechat: { endpoint: wechat.endpoint, ...options }, login, phone: wechat.phone() };
  const result = await runNode(path.join(__dirname, 'ask-once.js'), {
    args: [JSON.stringify(config)],
    env: { NODE_EXTRA_CA_CERTS: made.ca, ...env },
  });
  expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' });
  const [loggedIn, phone] = JSON.parse(result.stdout);
  return { login: loggedIn, phone };
}

const withAuth = (proxy, user, password) =>
  proxy.url.replace('://', `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);

const LOGGED_IN = { value: expect.objectContaining({ token: expect.stringMatching(/^o1\|shop\|/) }) };

describe('a proxy', () => {
  test('is asked for a tunnel to WeChat, and sees nothing of what goes through', async () => {
    const proxy = await startProxy();
    expect(await ask({ proxy: proxy.url })).toEqual({ login: LOGGED_IN, phone: { value: NUMBER } });
    expect(proxy.seen.length).toBeGreaterThanOrEqual(1);
    const tunnel = { method: 'CONNECT', target: new URL(wechat.endpoint).host, auth: undefined };
    expect(proxy.seen).toEqual(proxy.seen.map(() => tunnel));
  });

  test('is told user and password, whatever they hold', async () => {
    const proxy = await startProxy({ auth: AUTH });
    expect(await ask({ proxy: withAuth(proxy, 'user', PASSWORD) })).toEqual({
      login: LOGGED_IN,
      phone: { value: NUMBER },
    });
    expect(new Set(proxy.seen.map(({ auth }) => auth))).toEqual(new Set([AUTH]));
  });

  test('may be spoken to by TLS', async () => {
    const proxy = await startProxy({ auth: AUTH, tls: made.tls });
    expect(await ask({ proxy: withAuth(proxy, 'user', PASSWORD) })).toMatchObject({ login: LOGGED_IN });
    expect(proxy.seen[0]).toMatchObject({ method: 'CONNECT', auth: AUTH });
  });

  test.each([
    ['a wrong password', (proxy) => withAuth(proxy, 'user', 'a-wrong-password')],
    ['no password', (proxy) => proxy.url],
  ])('that refuses (%s) is 6008, and WeChat hears nothing', async (_what, urlOf) => {
    const proxy = await startProxy({ auth: AUTH });
    const before = wechat.requests.length;
    const answers = await ask({ proxy: urlOf(proxy), retries: 3 });
    expect(proxy.seen).toHaveLength(2); // one for each call: this status is known at once
    for (const { error, all } of Object.values(answers)) {
      expect(error).toMatchObject({ code: 6008, retryable: false });
      expect(error.message).toMatch(/the proxy .* status 407: .*options\.wechat\.proxy/);
      for (const secret of ['a-wrong-password', Buffer.from('user:a-wrong-password').toString('base64')]) {
        expect(all).not.toContain(secret);
      }
    }
    expect(wechat.requests).toHaveLength(before);
  });

  test.each([
    [202, false, 1],
    [403, false, 1],
    [404, false, 1],
    [502, true, 3],
    [503, true, 3],
  ])('that answers with the status %i is told as that', async (status, retryable, times) => {
    const proxy = await startProxy({ status, auth: AUTH });
    const wechat = { endpoint: 'https://api.weixin.qq.com', proxy: withAuth(proxy, 'user', PASSWORD), retries: 2 };
    const error = await rejection(createApp({ db: everybody(), options: { wechat } }).login('code'));
    expect(seen(error)).toStrictEqual({
      code: 6008,
      message: expect.stringMatching(new RegExp(`the proxy .* status ${status}\\b`)),
      retryable,
    });
    // Each time it is asked once more, for the status.
    const tunnel = { method: 'CONNECT', target: 'api.weixin.qq.com:443', auth: AUTH };
    expect(proxy.seen).toEqual(Array.from({ length: 2 * times }, () => tunnel));
  });

  test('that answers with a bad status by TLS is told as that', async () => {
    const proxy = await startProxy({ status: 503, auth: AUTH, tls: made.tls });
    const { login } = await ask({ proxy: withAuth(proxy, 'user', PASSWORD) });
    expect(login.error).toMatchObject({ code: 6008, retryable: true });
    expect(login.error.message).toMatch(/the proxy opened no tunnel to WeChat and answered with the status 503$/);
    expect(new Set(proxy.seen.map(({ auth }) => auth))).toEqual(new Set([AUTH]));
  });

  test('whose certificate nobody vouches for is 6008, not retryable and named', async () => {
    const proxy = await startProxy({ tls: made.tls });
    const { login } = await ask({ proxy: proxy.url }, { NODE_EXTRA_CA_CERTS: undefined });
    expect(login.error).toMatchObject({ code: 6008, retryable: false });
    expect(login.error.message).toMatch(`no secure connection to localhost:${proxy.port}: `);
    expect(login.error.message).toMatch(/UnknownIssuer.*NODE_EXTRA_CA_CERTS/);
    expect(proxy.seen).toEqual([]);
  });

  test('that no longer answers when it is asked for its status is told without one', async () => {
    let connections = 0;
    const server = net.createServer((socket) => {
      connections += 1;
      const answer = connections === 1 ? 'HTTP/1.1 503 Service Unavailable\r\n\r\n' : '';
      socket.on('error', () => {}).once('data', () => socket.end(answer));
    });
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const wechat = { proxy: `http://127.0.0.1:${server.address().port}` };
    const error = await rejection(createApp({ db: everybody(), options: { wechat } }).login('code'));
    const message = expect.stringMatching(/the proxy opened no tunnel to WeChat$/);
    expect(seen(error)).toStrictEqual({ code: 6008, message, retryable: true });
    expect(connections).toBe(2);
  });

  test.each([
    ['what is no HTTP', '220 welcome\r\n\r\n'],
    ['half an answer', 'HTTP/1.1'],
    ['an answer without an end', `HTTP/1.1 200 OK\r\n${'x'.repeat(1 << 16)}`],
  ])('that answers with %s is 6008', async (_what, answer) => {
    const server = net.createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(answer)));
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address();
    const app = createApp({ db: everybody(), options: { wechat: { proxy: `http://127.0.0.1:${port}` } } });
    const error = await rejection(app.login('code'));
    const message = expect.stringContaining(`no connection to 127.0.0.1:${port}: `);
    expect(seen(error)).toStrictEqual({ code: 6008, message, retryable: true });
  });

  test('that is not there is 6008 and retryable, without its password', async () => {
    const proxy = await startProxy();
    const gone = withAuth({ url: 'http://127.0.0.1:1' }, 'user', 'a-secret-password');
    const answers = await ask({ proxy: gone });
    for (const { error, all } of Object.values(answers)) {
      expect(error).toMatchObject({ code: 6008, retryable: true });
      expect(all).not.toContain('a-secret-password');
    }
    expect(proxy.seen).toEqual([]);
  });

  test('that cuts tunnels is tried again as often as `retries` says', async () => {
    let connections = 0;
    const server = net.createServer((socket) => {
      connections += 1;
      socket.on('error', () => {}).once('data', () => socket.destroy());
    });
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const options = { proxy: `http://127.0.0.1:${server.address().port}`, endpoint: wechat.endpoint, retries: 2 };
    const app = createApp({ db: everybody(), options: { wechat: options } });
    const error = await rejection(app.login('code'));
    expect(error).toMatchObject({ code: 6008, retryable: true });
    expect(connections).toBe(3);
  });

  test('of the environment is not looked at', async () => {
    const proxy = await startProxy();
    const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
    const env = Object.fromEntries(names.map((name) => [name, proxy.url]));
    expect(await ask({}, { ...env, NO_PROXY: undefined, no_proxy: undefined })).toMatchObject({ login: LOGGED_IN });
    expect(proxy.seen).toEqual([]);
  });

  test('of the option is used whatever NO_PROXY says', async () => {
    const proxy = await startProxy();
    const env = { NO_PROXY: '*', no_proxy: 'localhost,127.0.0.1' };
    expect(await ask({ proxy: proxy.url }, env)).toMatchObject({ login: LOGGED_IN });
    expect(proxy.seen.length).toBeGreaterThanOrEqual(1);
  });
});

test('connections that are cut before the request are tried again until one holds', async () => {
  const { port } = new URL(wechat.endpoint);
  let cuts = 0;
  const cutter = await tcpProxy(port, () => {
    if (cuts === 2) return {};
    cuts += 1;
    return { toServer: (_piece, server) => server.destroy() };
  });
  const endpoint = `https://localhost:${cutter.port}`;
  const code = wechat.user({ openId: 'o1' }).code;
  const args = [JSON.stringify({ wechat: { endpoint, retries: 10 }, login: code })];
  const { stdout } = await runNode(path.join(__dirname, 'ask-once.js'), {
    args,
    env: { NODE_EXTRA_CA_CERTS: made.ca },
  });
  expect(JSON.parse(stdout)[0]).toEqual(LOGGED_IN);
  expect(cuts).toBe(2);
  expect(wechat.requests.filter(({ query }) => query.js_code === code)).toHaveLength(1);
});

describe('a plain http: endpoint', () => {
  let plain;
  beforeAll(async () => {
    plain = await startFakeWeChat({ strict: true });
  });
  const open = (proxy) => createApp({ wechat: plain, db: everybody(), options: { wechat: { proxy } } });

  test('is reached through a proxy on this machine', async () => {
    const proxy = await startProxy({ auth: AUTH });
    const app = open(withAuth(proxy, 'user', PASSWORD));
    expect((await app.login(plain.user({ openId: 'o1' }).code)).token).toMatch(/^o1\|/);
    expect(await app.wechat.getPhoneNumber(plain.phone())).toStrictEqual(NUMBER);
    expect(new Set(proxy.seen.map(({ auth }) => auth))).toEqual(new Set([AUTH]));
  });

  test('that a proxy refuses to pass on is 6008', async () => {
    const proxy = await startProxy({ auth: AUTH });
    const app = open(withAuth(proxy, 'user', 'a-wrong-password'));
    const error = await rejection(app.login(plain.user({ openId: 'o1' }).code));
    expect(seen(error)).toStrictEqual({
      code: 6008,
      message: expect.stringContaining('The status is 407: set the right user'),
      retryable: false,
    });
  });

  test.each(['http://10.0.0.1:3128', 'http://proxy.internal:3128', 'https://user:hidden-password@10.0.0.1'])(
    'is not shown to a proxy elsewhere (%s): TypeError',
    (proxy) => {
      let error;
      try {
        open(proxy);
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain('options.wechat.proxy');
      expect(error.message).not.toContain('hidden-password');
    },
  );
});
