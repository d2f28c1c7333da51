'use strict';

const https = require('node:https');
const net = require('node:net');
const { once } = require('node:events');
const {
  createApp,
  defer,
  everybody,
  rejection,
  SECRET,
  seen,
  startFakeWeChat,
  told,
  within,
} = require('../../support');
const { certificates } = require('../../support/certificates');
const { MESSAGE, strictWeChat } = require('./support');

const here = strictWeChat();

/** The one failed login, with all that it may say; `said` is what WeChat said. */
async function expectFailure(promise, said) {
  const error = await rejection(promise);
  expect(error).toBeInstanceOf(Error);
  expect(seen(error)).toStrictEqual({ code: 6008, message: MESSAGE, retryable: false, ...said });
  return told(error);
}

/** Logs in, WeChat answering as told. */
const answered = (reply, options) => {
  const code = here.code();
  here.wechat.answer(code, reply);
  return here.open({ options }).login(code);
};

const raw = (status, body, headers) => ({ raw: { status, headers, body } });

describe('a refusal by WeChat', () => {
  const RID = '65a1b2c3-4d5e6f70-8192a3b4';

  test.each([
    [-1, 'system error', true],
    [45011, 'api minute-quota reach limit', true],
    [40029, 'invalid code', false],
    [40163, 'code been used', false],
    [40013, 'invalid appid', false],
    [40125, 'invalid appsecret', false],
    [40226, 'code blocked', false],
    [40164, 'invalid ip', false],
    [41002, 'appid missing', false],
    [41004, 'appsecret missing', false],
    [41008, 'missing code', false],
    [45009, 'reach max api daily quota limit', false],
    [99999, 'nobody knows', false],
  ])('(errcode %i) is 6008 with errcode, errmsg, rid and retryable', async (errcode, text, retryable) => {
    const errmsg = `${text}, rid: ${RID}`;
    await expectFailure(answered({ errcode, errmsg }), { errcode, errmsg, rid: RID, retryable });
    await expectFailure(answered({ errcode: String(errcode), errmsg }), { errcode, errmsg, rid: RID, retryable });
  });

  test.each([
    ['an errcode alone', { errcode: 40029 }, { errcode: 40029 }],
    ['an errmsg without a rid', { errcode: 40029, errmsg: 'invalid code' }, { errcode: 40029, errmsg: 'invalid code' }],
    [
      'a rid behind a blank',
      { errcode: -1, errmsg: 'x rid: 61-ab' },
      { errcode: -1, errmsg: 'x rid: 61-ab', rid: '61-ab', retryable: true },
    ],
    ['an errmsg alone', { errmsg: 'busy' }, { errmsg: 'busy' }],
    ['an errcode of 0 and no session', { errcode: 0, errmsg: 'ok' }, { errcode: 0, errmsg: 'ok' }],
    ['an errcode that is no number', { errcode: 'x', errmsg: 'busy' }, { errmsg: 'busy' }],
  ])('(%s) is 6008 with what WeChat sent', async (_what, reply, said) => {
    await expectFailure(answered(reply), said);
  });

  test('of a code that was used is 40163, of one that nobody made 40029, of an old one too', async () => {
    const app = here.open();
    const code = here.code();
    await app.login(code);
    const fresh = here.code();
    expect(await rejection(app.login(code))).toMatchObject({ code: 6008, errcode: 40163, rid: expect.any(String) });
    expect(await rejection(app.login('nobody-made-it'))).toMatchObject({ code: 6008, errcode: 40029 });
    here.wechat.pass(300000);
    expect(await rejection(app.login(fresh))).toMatchObject({ code: 6008, errcode: 40029, retryable: false });
  });

  test('of a code (40029) says that it is none of wx.login', async () => {
    const error = await rejection(answered({ errcode: 40029, errmsg: 'invalid code' }));
    expect(error.message).toMatch(/errcode 40029: the code is none of wx\.login's/);
  });

  test('leaves no user and no token', async () => {
    const users = new Set();
    const app = here.open({ db: { has: (id) => users.has(id), add: (id) => users.add(id) } });
    const code = here.code();
    here.wechat.answer(code, { errcode: 40226, errmsg: 'code blocked', openid: 'o1' });
    await expectFailure(app.login(code), { errcode: 40226, errmsg: 'code blocked' });
    expect([...users]).toEqual([]);
    expect(await app.sessions.list('o1')).toEqual([]);
  });

  test('stays what it is for authorize: 6011', async () => {
    const { code, encryptedData, iv } = here.wechat.user({ openId: 'o1' });
    here.wechat.answer(code, { errcode: 40029, errmsg: 'invalid code' });
    const error = await rejection(here.open().authorize(code, encryptedData, iv));
    expect(error).toMatchObject({ code: 6011, errcode: 40029, retryable: false });
  });
});

describe.each(['absent', 'zero', 'text'])('where WeChat sends the errcode as: %s', (errcode) => {
  test('a session is a session, and a refusal a refusal with a number', async () => {
    const wechat = await startFakeWeChat({ strict: true, errcode });
    const app = createApp({ wechat, db: everybody() });
    const { code } = wechat.user({ openId: 'o1', unionId: 'u1' });
    expect((await app.login(code)).token).toMatch(/^u1\|/);
    expect(await rejection(app.login(code))).toMatchObject({ code: 6008, errcode: 40163, retryable: false });
  });
});

describe('no usable reply', () => {
  test.each([201, 204, 301, 404, 429, 500, 502, 503])('(status %i) is 6008', (status) =>
    expectFailure(answered(raw(status, status === 204 ? undefined : '{"openid":"o1"}')), {
      message: expect.stringMatching(
        new RegExp(`Non 200 http status code received\\. Http error\\. The status is ${status}$`),
      ),
    }),
  );

  test.each([
    [412, 40163, false],
    [502, -1, true],
    [429, 45011, true],
  ])('(status %i with errcode %i) is 6008, and tells both', async (status, errcode, retryable) => {
    const errmsg = `some text rid: 61-ab`;
    const reply = raw(status, JSON.stringify({ errcode, errmsg }));
    const message = await expectFailure(answered(reply), { errcode, errmsg, rid: '61-ab', retryable });
    expect(message).toMatch(new RegExp(`Http error\\. The status is ${status} \\(errcode ${errcode}:`));
  });

  test.each(['', 'hello', '<html></html>', '{', 'null', '\0'])('(%j) is 6008', (body) =>
    expectFailure(answered(raw(200, body))),
  );

  test.each(['{}', '[]', '1', 'true', '"text"'])('(%s) is 6008', (body) => expectFailure(answered(raw(200, body))));

  test('(a connection that is cut) is 6008', () => expectFailure(answered((_req, res) => res.destroy())));

  test.each([
    ['none', () => {}],
    ['half of it', (_req, res) => res.writeHead(200).write('{')],
  ])('(%s in time) is 6008', (_what, answer) => {
    const message = expect.stringMatching(/WeChat did not answer within 300 ms$/);
    return within(15000, expectFailure(answered(answer, { wechat: { timeout: 300 } }), { message }));
  });
});

describe('what fails before the request is sent', () => {
  const open = (endpoint, wechat) => createApp({ db: everybody(), options: { wechat: { endpoint, ...wechat } } });

  test('(nobody listens) is 6008 and retryable', async () => {
    const gone = await startFakeWeChat();
    await gone.close();
    await expectFailure(open(gone.endpoint).login('code'), { retryable: true });
  });

  test('(a TLS handshake that is cut) is 6008 and retryable', async () => {
    const server = net.createServer((socket) => socket.on('error', () => {}).once('data', () => socket.destroy()));
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const app = open(`https://127.0.0.1:${server.address().port}`);
    await expectFailure(app.login('code'), { retryable: true });
  });

  test('(a certificate that nobody vouches for) is 6008 and not retryable, asked once', async () => {
    let connections = 0;
    const server = https.createServer(certificates().tls);
    server.on('connection', () => {
      connections += 1;
    });
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const app = open(`https://localhost:${server.address().port}`, { retries: 2 });
    await expectFailure(app.login('code'), {
      retryable: false,
      message: expect.stringMatching(/no secure connection to localhost:\d+: .*UnknownIssuer.*NODE_EXTRA_CA_CERTS/),
    });
    expect(connections).toBe(1);
  });

  test('(a server without TLS) is 6008 and not retryable', async () => {
    const server = net.createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    await expectFailure(open(`https://127.0.0.1:${server.address().port}`).login('code'));
  });

  test.each([
    ['appId', { appId: null }],
    ['secret', { secret: null }],
    ['appId and secret', { appId: null, secret: null }],
  ])('(no %s) is 6008, says so and is not retryable', async (what, given) => {
    const code = here.code();
    const message = await expectFailure(here.open(given).login(code));
    for (const name of what.split(' and ')) expect(message).toContain(name);
    expect(here.requests(code)).toBe(0);
  });
});

test('no failure repeats the secret, the code or the session', async () => {
  const code = here.code();
  const leaky = { errcode: 40029, errmsg: `bad ${SECRET} for ${code}`, session_key: 5, openid: 'o1' };
  const replies = [
    leaky,
    raw(200, `{"session_key":"${code}"`),
    raw(500, SECRET),
    raw(502, JSON.stringify(leaky)),
    (_req, res) => res.destroy(),
  ];
  for (const reply of replies) {
    here.wechat.answer(code, reply);
    const error = await rejection(here.open().login(code));
    const all = [error.message, error.stack, error.cause?.stack, JSON.stringify(error)].join('\n');
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain(code);
  }
});
