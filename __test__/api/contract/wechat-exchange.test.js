'use strict';

const { version } = require('../../../package.json');
const { rejection, sample, SECRET, seen, startFakeWeChat, startRedis } = require('../../support');
const { authorize } = require('./support');
const { body, exchange, expectFailure, not200, raw } = require('./exchange');

const here = exchange();

describe('the request', () => {
  test('is a GET of /sns/jscode2session with appid, secret, js_code and grant_type', async () => {
    await authorize(here.app, here.wechat.user({ openId: 'o1' }, 'code-1'));
    const { method, path, query } = here.wechat.requests.at(-1);
    expect({ method, path }).toEqual({ method: 'GET', path: '/sns/jscode2session' });
    expect(Object.entries(query)).toEqual([
      ['appid', sample.appId],
      ['secret', SECRET],
      ['js_code', 'code-1'],
      ['grant_type', 'authorization_code'],
    ]);
  });

  test.each([
    'a&appid=evil',
    'a#b',
    'a%26b',
    'a b+c',
    '微信',
    'a=b?c/d',
    '\'"<>',
    '\0\r\nHost: evil',
    '&secret=x&',
    '',
  ])('carries the code %j percent-encoded', async (code) => {
    const before = here.wechat.requests.length;
    await rejection(here.app.authorize(code, 'data', 'iv'));
    const { query, rawQuery } = here.wechat.requests[before];
    expect(query).toEqual({ appid: sample.appId, secret: SECRET, js_code: code, grant_type: 'authorization_code' });
    expect(rawQuery.split('&')).toHaveLength(4);
    expect(rawQuery).toMatch(/^[\w.~%*+=&-]*$/);
  });

  test('says who makes it', async () => {
    await authorize(here.app, here.wechat.user({ openId: 'o1' }));
    const { headers } = here.wechat.requests.at(-1);
    expect(headers).toMatchObject({ 'user-agent': `mpauthx/${version}` });
    expect(headers).not.toHaveProperty('content-type');
  });

  test('carries appId and secret percent-encoded', async () => {
    const app = here.open({ db: here.db, appId: 'a&b=c d', secret: 's%&#é' });
    await rejection(app.authorize('code', 'data', 'iv'));
    expect(here.wechat.requests.at(-1).query).toMatchObject({ appid: 'a&b=c d', secret: 's%&#é' });
  });

  test('is made once, also when WeChat refuses', async () => {
    const before = here.wechat.requests.length;
    await rejection(here.answered(raw(500, '')));
    await rejection(here.answered({ errcode: -1, errmsg: 'system error' }));
    expect(here.wechat.requests).toHaveLength(before + 2);
  });

  test('comes before redis and the user table are asked', async () => {
    const gone = await startRedis();
    await gone.stop();
    const app = here.open({ db: null, tokens: gone.url });
    await expectFailure(here.answered(raw(500, ''), app), not200(500));
  });
});

describe('a status that is not 200', () => {
  test.each([201, 202, 203, 204, 206, 300, 304, 400, 401, 403, 404, 429, 500, 502, 503])(
    '(%i) is 6008',
    async (status) => {
      const hasBody = status !== 204 && status !== 304;
      await expectFailure(
        here.answered((session) => raw(status, hasBody ? JSON.stringify(session) : undefined)),
        not200(status),
      );
    },
  );

  test.each([301, 302, 303, 307, 308])('(a redirect, %i) is 6008, and is not followed', async (status) => {
    const target = await startFakeWeChat();
    const location = `${target.endpoint}/sns/jscode2session`;
    await expectFailure(here.answered(raw(status, '', { Location: location })), not200(status));
    expect(target.requests).toEqual([]);
  });
});

describe('a status that is not 200, with an errcode', () => {
  const ERRMSG = 'invalid code, rid: 61-ab';

  test.each([
    [412, { errcode: 40029, errmsg: ERRMSG }, { errcode: 40029, errmsg: ERRMSG, rid: '61-ab', retryable: false }],
    [502, { errcode: '-1' }, { errcode: -1, retryable: true }],
    [500, { errcode: 99999, session_key: 'k', openid: 'o1' }, { errcode: 99999, retryable: false }],
  ])('(%i %j) is 6008 and tells both', async (status, reply, said) => {
    const error = await rejection(here.answered(raw(status, JSON.stringify(reply))));
    const beginning = `${not200(status)} (errcode ${said.errcode}`;
    expect(seen(error)).toStrictEqual({ code: 6008, message: expect.any(String), ...said });
    expect(error.message.slice(0, beginning.length)).toBe(beginning);
  });

  test.each([
    ['an errcode of 0', '{"errcode":0}'],
    ['an errcode that is no number', '{"errcode":"x"}'],
    ['a list', '[{"errcode":1}]'],
    ['null', 'null'],
    ['half a JSON', '{"errcode":1'],
    ['HTML', '<html>'],
    ['too much', `{"errcode":1,"errmsg":"${'x'.repeat(1 << 20)}"}`],
  ])('(none in %s) is 6008 with the status alone', (_what, text) =>
    expectFailure(here.answered(raw(502, text)), not200(502)),
  );

  test('does not wait long for it', async () => {
    const begun = Date.now();
    const drip = (_req, res) => {
      res.writeHead(504);
      res.write('{');
    };
    await expectFailure(
      here.answered(() => drip),
      not200(504),
    );
    expect(Date.now() - begun).toBeLessThan(5000);
  });
});

describe('a reply that is not JSON', () => {
  test.each([
    '',
    ' ',
    'hello',
    '<html></html>',
    '{',
    '{"openid":"o1"',
    "{'openid':'o1'}",
    '{}{}',
    'undefined',
    '{"a":}',
    '{"a":"\x01"}',
    '{"\x01":1}',
    '\0',
  ])('(%j) is 6008', (text) => expectFailure(here.answered(body(text))));

  test('(JSON null) is 6008', () => expectFailure(here.answered(body('null'))));

  test('(bytes) is 6008', () => expectFailure(here.answered(body(Buffer.from([0xff, 0xfe, 0x00, 0x80])))));
});

describe('a reply that is JSON', () => {
  test.each(['text/plain', 'application/json; charset=utf-8', 'text/html', undefined])(
    'is read, whatever its content type (%p)',
    async (type) => {
      const headers = type && { 'Content-Type': type };
      const { status_code } = await here.answered((session) => raw(200, JSON.stringify(session), headers));
      expect(status_code).toBe(1);
    },
  );

  test.each([
    ['unknown fields', (text) => text.replace('{', '{"x":[1,{"session_key":"y"}],"y":null,')],
    ['duplicate keys, of which the last counts', (text) => text.replace('{', '{"openid":"x","session_key":"y",')],
    ['a lone surrogate', (text) => text.replace('{', '{"nick":"\\ud83d",')],
    ['a number too large for a double', (text) => text.replace('{', '{"n":1e999,"m":123456789012345678901234567890,')],
    ['blanks', (text) => ` \r\n\t${text}\n`],
    ['escapes', (text) => text.replace('o1', '\\u006f1').replace('"openid"', '"open\\u0069d"')],
    ['an errcode too large for a double', (text) => text.replace('{', '{"errcode":1e999,')],
    ['an errcode of 0', (text) => text.replace('{', '{"errcode":0,"errmsg":"ok",')],
  ])('with %s is a session', async (_what, change) => {
    const { response } = await here.answered((session) => body(change(JSON.stringify(session))));
    expect(response).toMatch(/^o1\|shop\|/);
  });

  test('with an invalid byte is a session', async () => {
    const { response } = await here.answered((session) =>
      body(Buffer.from(JSON.stringify(session).replace('{', '{"nick":"\xff",'), 'latin1')),
    );
    expect(response).toMatch(/^o1\|shop\|/);
  });
});

describe('a reply without a usable session_key', () => {
  const BEGINNING = expect.stringMatching(/^Decrypt userInfo error/);

  test.each(['{}', '[]', '1', 'true', '"text"', '{"openid":"o1"}'])('(%s) is 6011 with a code alone', async (text) => {
    const error = await rejection(here.answered(body(text)));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6011, message: BEGINNING });
  });

  test.each([null, '', 0, 123, true, [], {}, ['x']])('(%j in its place) is 6011 with a code alone', async (value) => {
    const error = await rejection(here.answered({ openid: 'o1', session_key: value }));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6011, message: BEGINNING });
  });

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
    [99999, 'nobody knows', false],
  ])('(errcode %i) is 6011 with errcode, errmsg, rid and retryable', async (errcode, text, retryable) => {
    const rid = '65a1b2c3-4d5e6f70-8192a3b4';
    const errmsg = `${text}, rid: ${rid}`;
    const error = await rejection(here.answered({ errcode, errmsg }));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6011, message: BEGINNING, errcode, errmsg, rid, retryable });
  });

  test.each([
    ['an errcode that is text', { errcode: '40029' }, { errcode: 40029, retryable: false }],
    ['a retryable errcode that is text', { errcode: '-1' }, { errcode: -1, retryable: true }],
    ['errcode 0', { errcode: 0 }, { errcode: 0, retryable: false }],
    ['an errmsg alone', { errmsg: 'busy' }, { errmsg: 'busy' }],
    ['an errcode alone', { errcode: 45011 }, { errcode: 45011, retryable: true }],
    [
      'an errmsg with a lone surrogate',
      { errcode: 40029, errmsg: 'x\ud83d' },
      { errcode: 40029, errmsg: expect.stringMatching(/^x/), retryable: false },
    ],
    [
      'an errmsg without a rid',
      { errcode: 40029, errmsg: 'invalid code' },
      { errcode: 40029, errmsg: 'invalid code', retryable: false },
    ],
  ])('(%s) is 6011 with what WeChat sent', async (_what, reply, sent) => {
    const error = await rejection(here.answered(reply));
    expect(seen(error)).toStrictEqual({ code: 6011, message: BEGINNING, ...sent });
  });

  test('(errcode 40029) says that it is the code of wx.login', async () => {
    const error = await rejection(here.answered({ errcode: 40029, errmsg: 'invalid code' }));
    expect(error.message).toMatch(/errcode 40029: the code is none of wx\.login's/);
  });

  test('(a code that nobody issued) is 6011', async () => {
    const error = await rejection(here.app.authorize('nobody issued it', 'data', 'iv'));
    expect(error).toMatchObject({ code: 6011, message: BEGINNING, errcode: 40029, retryable: false });
    expect(error.errmsg).toContain(`rid: ${error.rid}`);
  });
});
