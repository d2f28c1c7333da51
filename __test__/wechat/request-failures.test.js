'use strict';

// What comes of a request of the application's own where WeChat, or what stands before it, does not
// answer as it should.

const http = require('node:http');
const { once } = require('node:events');
const { atOnce, defer, rejection, startFakeWeChat, told, within } = require('../support');
const { STABLE_TOKEN, ownWeChat } = require('./support');

const here = ownWeChat();

const ANY = '/any/path';
const WELL = { errcode: 0, errmsg: 'ok' };

const INVALID = (errcode) => ({ errcode, errmsg: 'invalid credential' });

let app;
beforeEach(() => {
  app = here.open();
});
const request = (options, path = ANY) => app.wechat.request(path, options);

/** Of each request for an access token, whether it made a new one by force. */
const forced = () => here.wechat.requestsOf(STABLE_TOKEN).map(({ json }) => json.force_refresh);

/** The access tokens that came along with the requests, in order. */
const used = () => here.wechat.requestsOf(ANY).map(({ query }) => query.access_token);

async function failure(promise, wanted) {
  const error = await rejection(promise);
  expect(error).toMatchObject({ name: 'MpauthxError', code: 6008, ...wanted });
  return error;
}

describe('an access token that WeChat refuses', () => {
  test.each([40001, 40014, 42001])('(%i) is renewed once, and the request sent again', async (errcode) => {
    here.wechat.interrupt(ANY, INVALID(errcode), WELL);
    expect(await request({ body: 'as it is' })).toEqual(WELL);
    const [first, second] = here.wechat.accessTokens();
    expect(used()).toEqual([first, second]);
    expect(here.wechat.requestsOf(ANY).map(({ body }) => body)).toEqual(['as it is', 'as it is']);
    expect(await app.wechat.accessToken()).toBe(second);
  });

  test.each([40001, 40014, 42001])('(%i) twice is an error, and no loop', async (errcode) => {
    here.wechat.interrupt(ANY, ...Array(9).fill(INVALID(errcode)));
    const error = await failure(request(), { status: 502, errcode, retryable: false });
    expect(told(error)).toMatch(/the access token is not valid/);
    expect([here.count(ANY), forced()]).toEqual([2, [false, false, true]]);
  });

  test('in place of a file is renewed too', async () => {
    const file = Buffer.from('file');
    here.wechat.interrupt(ANY, INVALID('40001'), { raw: { body: file } });
    expect(await request({ as: 'bytes' })).toEqual(file);
  });

  test('beside a status of 500 is renewed too', async () => {
    here.wechat.interrupt(ANY, { raw: { status: 500, body: JSON.stringify(INVALID(40001)) } }, WELL);
    expect(await request()).toEqual(WELL);
  });

  test('again within 30 s is an error, and no loop: WeChat gives the same', async () => {
    here.wechat.interrupt(ANY, INVALID(40001), WELL, INVALID(40001), WELL);
    await request();
    const error = await failure(request(), { status: 503, retryable: true });
    expect(told(error)).toMatch(/gives again the access token that it has refused/);
    expect([here.count(ANY), forced()]).toEqual([3, [false, false, true, false, true]]);
    here.wechat.pass(30000);
    expect(await request()).toEqual(WELL);
  });

  test('is an error of status 503 where the renewals of the day are used up', async () => {
    here.wechat = await startFakeWeChat({ limits: { forcedADay: 0 } });
    app = here.open();
    here.wechat.interrupt(ANY, INVALID(40001));
    const error = await failure(request(), { status: 503, errcode: 45009, retryable: false });
    expect(told(error)).toMatch(/used up/);
    expect([here.count(ANY), forced()]).toEqual([1, [false, false, true]]);
    expect(await request({}, ANY).catch((reason) => reason.errcode)).toBe(40066);
  });

  test('is renewed once for a hundred requests', async () => {
    await app.wechat.accessToken();
    here.wechat.revokeAccessTokens();
    const body = { scene: 'a=1' };
    await atOnce(100, () => request({ body, as: 'bytes' }, '/wxa/getwxacodeunlimit'));
    expect(here.count(STABLE_TOKEN)).toBe(2);
  });
});

describe('WeChat', () => {
  test.each([
    ['busy', 'busy', { errcode: -1, status: 503, retryable: true }],
    ['out of calls', 'quota', { errcode: 45009, status: 503, retryable: false }],
    ['behind a gateway that gives HTML', 'badGateway', { status: 503, retryable: false }],
  ])('is %s', async (_how, fault, wanted) => {
    for (const as of ['json', 'bytes']) {
      here.wechat.interrupt(ANY, here.wechat.faults[fault]());
      const error = await failure(request({ as }), wanted);
      expect(error.headers).toEqual({ 'Retry-After': '5' });
    }
    expect(here.count(ANY)).toBe(2);
  });

  test('that is busy is asked again with `retry`, as often as `wechat.retries` says, and once at least', async () => {
    const { busy } = here.wechat.faults;
    here.wechat.interrupt(ANY, busy(), WELL);
    expect(await request({ retry: true })).toEqual(WELL);
    here.wechat.interrupt(ANY, busy(), busy());
    await failure(request({ retry: true }), { errcode: -1 });
    expect(here.count(ANY)).toBe(4);
    app = here.open({ options: { wechat: { retries: 2 } } });
    here.wechat.interrupt(ANY, busy(), busy(), WELL, busy());
    expect(await request({ retry: true })).toEqual(WELL);
    await failure(request({ retry: false }), { errcode: -1 });
    expect(here.count(ANY)).toBe(8);
  });

  test('that fails otherwise is not asked again, whatever `retry` is', async () => {
    const cut = (_req, res) => res.destroy();
    here.wechat.interrupt(ANY, here.wechat.faults.quota(), here.wechat.faults.badGateway(), cut);
    for (let i = 0; i < 3; i += 1) await failure(request({ retry: true }));
    expect(here.count(ANY)).toBe(3);
  });

  test.each([301, 302, 303, 307, 308])('that leads elsewhere (%i) is not followed', async (status) => {
    const elsewhere = await startFakeWeChat();
    here.wechat.interrupt(ANY, here.wechat.faults.redirect(`${elsewhere.endpoint}/x`, status));
    const error = await failure(request({ body: 'x' }), { status: 503 });
    expect(told(error)).toContain(`The status is ${status}`);
    expect(elsewhere.requests).toEqual([]);
    expect(here.count(ANY)).toBe(1);
  });

  test('that is a black hole once is well again without a restart', async () => {
    here.wechat.interrupt(STABLE_TOKEN, here.wechat.faults.blackHole());
    here.wechat.interrupt(ANY, here.wechat.faults.blackHole(), WELL);
    app = here.open({ options: { wechat: { timeout: 400 } } });
    expect(told(await failure(request(), { status: 503, retryable: false }))).toMatch(/within 400 ms/);
    expect(here.count(ANY)).toBe(0);
    expect(told(await failure(request(), { retryable: false }))).toMatch(/within 400 ms/);
    expect(await request()).toEqual(WELL);
  });

  test('has the time that the call gives it', async () => {
    const slow = (_req, res) => setTimeout(() => res.end(JSON.stringify(WELL)), 600);
    here.wechat.interrupt(ANY, here.wechat.faults.blackHole(), slow);
    const error = await within(5000, failure(request({ timeout: 300 })));
    expect(told(error)).toMatch(/within 300 ms/);
    app = here.open({ options: { wechat: { timeout: 300 } } });
    expect(await request({ timeout: 20000 })).toEqual(WELL);
  });

  test('that drips has no more time than that', async () => {
    here.wechat.interrupt(ANY, (_req, res) => {
      const drip = setInterval(() => res.write(' '), 50);
      res.once('close', () => clearInterval(drip));
    });
    await within(5000, failure(request({ timeout: 500, as: 'bytes' })));
  });

  test('that says too much is an error, and is heard no further', async () => {
    let sent = 0;
    const endless = (_req, res) => {
      const more = () => {
        while (!res.destroyed && res.write(Buffer.alloc(1 << 20, 'x'))) sent += 1;
      };
      res.on('drain', more);
      more();
    };
    for (const as of ['json', 'bytes']) {
      here.wechat.interrupt(ANY, endless);
      const error = await within(20000, failure(request({ as }), { status: 503 }));
      expect(told(error)).toMatch(/longer than 33554432 bytes/);
    }
    expect(sent).toBeLessThan(200);
  });
});

test('a server that is away is told from one that may have seen the request', async () => {
  const server = http.createServer();
  defer(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  server.close();
  app = here.open({ options: { wechat: { endpoint, accessToken: async () => 'token' } }, wechat: null });
  await failure(request(), { status: 503, retryable: true });
});

test.each([
  ['appId', { appId: null }],
  ['secret', { secret: null }],
])('without an %s it is our configuration', async (name, given) => {
  app = here.open(given);
  for (const call of [() => request(), () => app.wechat.accessToken()]) {
    expect(told(await failure(call(), { status: 500 }))).toContain(name);
  }
  expect(here.wechat.requests).toEqual([]);
});
