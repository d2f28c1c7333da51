'use strict';

// WeChat's cloud hosting: requests without access token, and what is not supported there.

const path = require('node:path');
const { createAuth } = require('../..');
const {
  createApp,
  everybody,
  lastLine,
  rejection,
  runNode,
  sample,
  SECRET,
  startFakeWeChat,
  told,
} = require('../support');
const { certificates } = require('../support/certificates');
const { startProxy } = require('./connect-proxy');
const { NUMBER, PHONE, STABLE_TOKEN } = require('./support');

const QR_CODE = '/wxa/getwxacodeunlimit';
const ANY = '/any/path';

let wechat;
beforeEach(async () => {
  process.env.CBR_ENV_ID = 'prod-1';
  wechat = await startFakeWeChat({ cloud: true });
});
afterEach(() => {
  delete process.env.CBR_ENV_ID;
});

const open = (given, others) =>
  createApp({ wechat, db: everybody(), options: { wechat: { cloud: true, ...given } }, ...others });

describe('options.wechat.cloud', () => {
  test.each([[true], [{}], [{ appIds: [] }], [{ appIds: ['wx2'] }], [{ appIds: null }]])(
    'as %j needs CBR_ENV_ID',
    (cloud) => {
      open({ cloud });
      for (const value of [undefined, '']) {
        if (value === undefined) delete process.env.CBR_ENV_ID;
        else process.env.CBR_ENV_ID = value;
        expect(() => open({ cloud })).toThrow(TypeError);
        expect(() => open({ cloud })).toThrow(/CBR_ENV_ID is not set/);
        const own = { appId: 'wx', secret: 's', sku: 'shop', tokens: 'memory', wechat: { cloud } };
        expect(() => createAuth(own)).toThrow(/^wechat\.cloud .*CBR_ENV_ID/);
      }
    },
  );

  test.each([[false], [null], [undefined]])('as %j does not, and is off', async (cloud) => {
    delete process.env.CBR_ENV_ID;
    wechat = await startFakeWeChat();
    const app = open({ cloud });
    expect(app.wechat.identify({ 'x-wx-openid': 'o1', 'x-wx-appid': sample.appId, 'x-wx-source': 'wx_client' })).toBe(
      null,
    );
    expect(await app.wechat.getPhoneNumber(wechat.phone())).toEqual(NUMBER);
    expect(wechat.requestsOf(STABLE_TOKEN)).toHaveLength(1);
  });

  test.each([['yes'], [1], [[]], [['wx2']], [() => true]])('as %p is a TypeError', (cloud) => {
    expect(() => open({ cloud })).toThrow(new TypeError('options.wechat.cloud must be a boolean or { appIds: […] }'));
  });

  test.each([['wx2'], [[7]], [['wx2', '']], [[undefined]]])('with %p as appIds is a TypeError', (appIds) => {
    const said = new TypeError('options.wechat.cloud.appIds must be a list of app ids');
    expect(() => open({ cloud: { appIds } })).toThrow(said);
  });

  test('with what it does not know is a TypeError', () => {
    const said = new TypeError('options.wechat.cloud.appIDs is not an option');
    expect(() => open({ cloud: { appIDs: [] } })).toThrow(said);
  });

  test('excludes an access token of the application’s own', () => {
    expect(() => open({ accessToken: () => 'x' })).toThrow(/exclude each other/);
  });

  test.each(['https://wechat-proxy.example', 'https://api.weixin.qq.com:8443', 'https://10.0.0.1'])(
    'needs WeChat’s own endpoint, not %s',
    (endpoint) => {
      expect(() => open({ endpoint })).toThrow(/cloud needs WeChat's own endpoint/);
    },
  );
});

describe('a request in the cloud', () => {
  test('has no access token, and asks for none', async () => {
    const app = open();
    expect(await app.wechat.getPhoneNumber(wechat.phone())).toEqual(NUMBER);
    expect((await app.wechat.request(QR_CODE, { body: { scene: 'a' }, as: 'bytes' })).length).toBeGreaterThan(9);
    expect(wechat.requests.map(({ path: asked, query }) => [asked, query])).toEqual([
      [PHONE, {}],
      [QR_CODE, {}],
    ]);
  });

  test('cannot bring one either', async () => {
    expect(await rejection(open().wechat.request(ANY, { query: { access_token: 'x' } }))).toBeInstanceOf(TypeError);
    expect(wechat.requests).toEqual([]);
  });

  test.each([
    ['the query', { query: { appsecret: SECRET } }],
    ['a text', { body: `{"secret":"${SECRET}"}` }],
    ['an object', { body: { a: [{ secret: SECRET }] } }],
    ['bytes', { body: Buffer.from(`secret=${SECRET}`) }],
  ])('cannot hold the app secret, which would go unencrypted, in %s', async (_where, options) => {
    const error = await rejection(open().wechat.request(ANY, { method: options.body ? 'POST' : 'GET', ...options }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/app secret must not be sent/);
    expect(error.message).not.toContain(SECRET);
    expect(wechat.requests).toEqual([]);
  });

  test('that WeChat refuses for its access token is not repeated: there is none to renew', async () => {
    wechat.interrupt(ANY, { errcode: 40001, errmsg: 'invalid credential' });
    expect(await rejection(open().wechat.request(ANY))).toMatchObject({ code: 6008, errcode: 40001, status: 502 });
    expect(wechat.requests).toHaveLength(1);
  });

  test('that the gateway answers with 502 and HTML says so', async () => {
    wechat.interrupt(ANY, wechat.faults.badGateway());
    const error = await rejection(open().wechat.request(ANY));
    expect(error).toMatchObject({ code: 6008, status: 503, retryable: false });
    expect(told(error)).toContain('The status is 502');
  });

  test('needs no secret', async () => {
    expect(await open({}, { secret: null }).wechat.getPhoneNumber(wechat.phone())).toEqual(NUMBER);
  });
});

test('checkSession is not supported in the cloud, and says so', async () => {
  const app = createApp({ wechat, db: everybody(), options: { wechat: { cloud: true }, sessionKeys: true } });
  const { token } = await app.login(wechat.user({ openId: 'o1' }).code);
  const before = wechat.requests.length;
  const error = await rejection(app.wechat.checkSession(token));
  expect(error).toMatchObject({ code: 6008, status: 500, retryable: false });
  expect(told(error)).toMatch(/cloud hosting does not support wechat\.checkSession/);
  expect(wechat.requests).toHaveLength(before);
  expect(await app.wechat.sign(token, 'x')).toMatch(/^[\da-f]{64}$/);
});

describe('what holds the secret stays encrypted in the cloud', () => {
  const PLAIN = [PHONE, QR_CODE];
  const ENCRYPTED = ['/sns/jscode2session', STABLE_TOKEN];
  const RESULT = { userId: 'o1', accessToken: 512, phoneNumber: '13800138000', image: expect.any(Number) };

  let made;
  beforeAll(() => {
    made = certificates();
  });
  beforeEach(async () => {
    wechat = await startFakeWeChat({ cloud: true, tls: made.tls });
  });

  async function inCloud(given) {
    const config = {
      endpoint: wechat.endpoint,
      code: wechat.user({ openId: 'o1' }).code,
      phone: wechat.phone(),
      ...given,
    };
    const env = { NODE_EXTRA_CA_CERTS: made.ca };
    const script = path.join(__dirname, 'cloud-process.js');
    const { stdout, stderr } = await runNode(script, { args: [JSON.stringify(config)], env });
    expect(stderr).toBe('');
    return lastLine(stdout);
  }

  const pathsOf = (wanted) => wechat.requests.filter(({ secure }) => secure === wanted).map((each) => each.path);

  test('and the rest goes plain', async () => {
    expect(await inCloud()).toEqual(RESULT);
    expect([pathsOf(true), pathsOf(false)]).toEqual([ENCRYPTED, PLAIN]);
    for (const { rawQuery, body } of wechat.requests.filter(({ secure }) => !secure)) {
      expect(`${rawQuery}${body}`).not.toMatch(/app-secret|access_token/);
    }
  });

  test('and alone goes through the proxy', async () => {
    const proxy = await startProxy();
    expect(await inCloud({ proxy: proxy.url })).toEqual(RESULT);
    expect([pathsOf(true), pathsOf(false)]).toEqual([ENCRYPTED, PLAIN]);
    expect(new Set(proxy.seen.map(({ method }) => method))).toEqual(new Set(['CONNECT']));
  });
});
