'use strict';

// The doctor on the way to WeChat, and on what WeChat says of the application.

const { once } = require('node:events');
const http = require('node:http');
const { defer, sample, startFakeWeChat, startRedis } = require('../../support');
const { certificates } = require('../../support/certificates');
const { freePort } = require('../../support/free-port');
const { hangingWeChat } = require('../../support/hanging-wechat');
const { startProxy } = require('../../wechat/connect-proxy');
const { authOf, diagnosis, options, SECRET } = require('./support');

const STABLE_TOKEN = '/cgi-bin/stable_token';

let wechat;
beforeEach(async () => {
  wechat = await startFakeWeChat({ strict: true, appId: sample.appId, secret: SECRET });
});

/** What the doctor says beside that the tokens are in memory. */
async function look({ wechat: given, env, ...others } = {}) {
  const source = authOf(options({ wechat: { endpoint: wechat.endpoint, ...given }, ...others }));
  const { told, ...rest } = await diagnosis(source, { env });
  return { ...rest, told: told.filter((line) => line !== 'warning options.memory') };
}

test('a WeChat that knows the app is asked once, and shares no token', async () => {
  const { url, redis } = await startRedis();
  const before = wechat.accessToken();
  const { looks } = await look({ tokens: url });
  expect(looks['wechat.answers']).toMatchObject({ status: 'ok', values: { appId: sample.appId } });
  expect(wechat.requests).toHaveLength(1);
  expect(wechat.accessTokens()).toEqual([before.access_token]);
  expect(await redis.keys('*')).toEqual([]);
});

describe('WeChat refuses', () => {
  test('the app id', async () => {
    const { told, looks } = await look({ appId: 'wx0000000000000000' });
    expect(told).toEqual(['error wechat.app-id']);
    expect(looks['wechat.app-id'].text).toContain('40013: invalid appid');
  });

  test('the secret', async () => {
    const { told, stdout } = await look({ secret: '0123456789abcdef0123456789abcdef' });
    expect(told).toEqual(['error wechat.secret']);
    expect(stdout).not.toContain('0123456789abcdef0123456789abcdef');
  });

  test.each([
    [40164, 'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist', 'error wechat.address'],
    [45009, 'reach max api daily quota limit', 'error wechat.quota'],
    [-1, 'system error', 'warning wechat.busy'],
    [50007, 'account frozen', 'error wechat.refused'],
  ])('with %d', async (errcode, text, expected) => {
    wechat.interrupt(STABLE_TOKEN, wechat.refuse(errcode, text));
    const { told, looks } = await look();
    expect(told).toEqual([expected]);
    expect(looks[expected.split(' ')[1]].text).toContain(`${errcode}: ${text}`);
  });
});

describe('WeChat is not reached', () => {
  test('where its name has no address', async () => {
    const { told } = await look({ wechat: { endpoint: 'https://no-such-host.invalid' } });
    expect(told).toEqual(['error wechat.no-dns']);
  });

  test('where nobody listens; HTTPS_PROXY is not used, and that is said', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const { told, stdout } = await look({ wechat: { endpoint }, env: { HTTPS_PROXY: 'http://u:Sesame@proxy:3128' } });
    expect(told).toEqual(['note wechat.proxy-unused', 'error wechat.unreachable']);
    expect(stdout).not.toContain('Sesame');
  });

  test('where it does not answer', async () => {
    const endpoint = await hangingWeChat();
    expect((await look({ wechat: { endpoint, timeout: 500 } })).told).toEqual(['error wechat.late']);
  });

  test('where its certificate is not trusted; with its authority it is', async () => {
    const { tls, ca } = certificates();
    const { endpoint } = await startFakeWeChat({ tls });
    const { told, looks } = await look({ wechat: { endpoint } });
    expect(told).toEqual(['error wechat.authority']);
    expect(looks['wechat.authority'].advice).toContain('NODE_EXTRA_CA_CERTS');
    expect((await look({ wechat: { endpoint }, env: { NODE_EXTRA_CA_CERTS: ca } })).told).toEqual([]);
  });

  test('where something else answers', async () => {
    const portal = http.createServer((_req, res) => res.end('<html>Please log in to the hotel</html>'));
    defer(() => portal.close());
    await once(portal.listen(0, '127.0.0.1'), 'listening');
    const { told } = await look({ wechat: { endpoint: `http://127.0.0.1:${portal.address().port}` } });
    expect(told).toEqual(['error wechat.failed']);
  });

  test('through a proxy that wants another password', async () => {
    const { tls } = certificates();
    const { endpoint } = await startFakeWeChat({ tls });
    const proxy = await startProxy({ auth: 'user:right' });
    const url = proxy.url.replace('//', '//user:wrong-Sesame@');
    const { told, stdout } = await look({ wechat: { endpoint, proxy: url } });
    expect(told).toEqual(['error wechat.proxy']);
    expect(stdout).not.toContain('wrong-Sesame');
  });

  test('through a proxy that is not there', async () => {
    const proxy = `http://127.0.0.1:${await freePort()}`;
    expect((await look({ wechat: { endpoint: 'https://api.weixin.qq.com', proxy } })).told).toEqual([
      'error wechat.proxy',
    ]);
  });

  test('through a proxy whose name has no address', async () => {
    const proxy = 'http://no-such-proxy.invalid:3128';
    expect((await look({ wechat: { endpoint: 'https://api.weixin.qq.com', proxy } })).told).toEqual([
      'error wechat.no-dns',
    ]);
  });
});

test('where the application asks WeChat itself, it is not asked', async () => {
  const source = `module.exports = { ...${JSON.stringify(options())},
    wechat: { endpoint: '${wechat.endpoint}', exchange() {}, accessToken() {} } };`;
  const { told } = await diagnosis(source);
  expect(told).toEqual(['warning options.memory', 'note wechat.own']);
  expect(wechat.requests).toEqual([]);
});
