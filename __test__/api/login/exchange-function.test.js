'use strict';

const { rejection, seen, told, within } = require('../../support');
const { MESSAGE, answer, strictWeChat } = require('./support');

const here = strictWeChat();

/** As long as one of WeChat's: a shorter one would be hidden where it stands in a word. */
const CODE = '0a3bXq000s8KxT1tVp200cS7pM3bXq0z';

const KEY = Buffer.alloc(16, 1).toString('base64');
const SESSION = { openid: 'o1', session_key: KEY };

const open = (exchange, given) =>
  here.open({ ...given, options: { ...given?.options, wechat: { exchange, ...given?.wechat } } });

const failed = async (exchange, wechat) => {
  const error = await within(20000, rejection(open(exchange, { wechat }).login(CODE)));
  expect(error).toBeInstanceOf(Error);
  return seen(error);
};

describe('a function that exchanges codes', () => {
  test('is called with the code alone, and WeChat is not asked', async () => {
    const calls = [];
    const before = here.wechat.requests.length;
    const app = open(async function (...args) {
      calls.push([this, args]);
      return SESSION;
    });
    expect(await app.login(CODE)).toStrictEqual(answer('o1'));
    expect(calls).toEqual([[undefined, [CODE]]]);
    expect(here.wechat.requests).toHaveLength(before);
  });

  test('may answer at once, by a promise, or by anything with a then', async () => {
    // biome-ignore lint/suspicious/noThenProperty: some libraries' promises are such objects
    const thenable = { then: (resolve) => resolve(SESSION) };
    const answers = [SESSION, Promise.resolve(SESSION), thenable];
    for (const value of answers) expect((await open(() => value).login(CODE)).token).toMatch(/^o1\|/);
  });

  test('serves authorize', async () => {
    const { encryptedData, iv } = here.wechat.user({ openId: 'o1', sessionKey: KEY });
    expect((await open(() => SESSION).authorize(CODE, encryptedData, iv)).response).toMatch(/^o1\|/);
    const error = await rejection(open(() => ({ openid: 'o1' })).authorize(CODE, encryptedData, iv));
    expect(seen(error)).toStrictEqual({ code: 6011, message: expect.stringMatching(/^Decrypt userInfo error/) });
  });

  test('need not give a session key for login', async () => {
    expect((await open(() => ({ openid: 'o1' })).login(CODE)).token).toMatch(/^o1\|/);
  });

  test('may give a unionid', async () => {
    const known = new Set(['o2']);
    const db = { has: (id) => known.has(id), add: (id) => known.add(id) };
    expect((await open(() => ({ ...SESSION, unionid: 'u1' }), { db }).login(CODE)).token).toMatch(/^u1\|/);
    const bound = () => ({ openid: 'o2', session_key: KEY, unionid: 'u2' });
    expect((await open(bound, { db }).login(CODE)).token).toMatch(/^o2\|/);
  });

  test('may give more than that', async () => {
    const more = {
      ...SESSION,
      errcode: 0,
      errmsg: 'ok',
      expires_in: 7200,
      deep: [{ a: null }],
      f: () => 1,
      s: Symbol('s'),
    };
    expect((await open(() => more).login(CODE)).token).toMatch(/^o1\|/);
  });

  test.each([
    ['no secret', { secret: null }],
    ['no appId and no secret', { appId: null, secret: null }],
  ])('needs %s for login', async (_name, given) => {
    expect((await open(() => SESSION, given).login(CODE)).token).toMatch(/^o1\|/);
  });

  test('may call the object that calls it', async () => {
    const app = open(async (code) => {
      if (code === 'inner') return SESSION;
      const { token } = await app.login('inner');
      await app.isTokenValid(token);
      return { ...SESSION, openid: 'o2' };
    });
    expect((await app.login('outer')).token).toMatch(/^o2\|/);
  });

  test('is called many times at once', async () => {
    const app = open(async (code) => ({ openid: code, session_key: KEY }));
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => app.login(`o${i}`)));
    expect(answers.map(({ token }) => app.extractOpenId(token))).toEqual(answers.map((_, i) => `o${i}`));
  });
});

describe('a refusal', () => {
  const errmsg = 'invalid code, rid: 61-ab';
  const SAID = { code: 6008, message: MESSAGE, errcode: 40029, errmsg, rid: '61-ab', retryable: false };

  test.each([
    ['as a result', () => ({ errcode: 40029, errmsg })],
    ['as a result, its errcode text', () => ({ errcode: '40029', errmsg })],
    ['thrown', () => thrown({ errcode: 40029, errmsg })],
    ['thrown later', async () => thrown({ errcode: 40029, errmsg })],
    ['thrown, no Error', () => thrown({ errcode: 40029, errmsg }, {})],
  ])('(%s) is WeChat’s', async (_how, exchange) => {
    expect(await failed(exchange)).toStrictEqual(SAID);
    const { encryptedData, iv } = here.wechat.user({ openId: 'o1' });
    const error = await rejection(open(exchange).authorize(CODE, encryptedData, iv));
    expect(error).toMatchObject({ code: 6011, errcode: 40029, errmsg, rid: '61-ab', retryable: false });
  });

  test.each([
    [-1, true],
    [45011, true],
    [40163, false],
  ])('(errcode %i) tells whether the call may succeed later', async (errcode, retryable) => {
    expect(await failed(() => thrown({ errcode }))).toStrictEqual({ code: 6008, message: MESSAGE, errcode, retryable });
  });

  function thrown(said, error = new Error('refused')) {
    throw Object.assign(error, said);
  }
});

describe('what a function throws or rejects with', () => {
  const CAUSE = (text) => ({
    code: 6008,
    message: expect.stringMatching(new RegExp(`^Request to get session key and open id error: .*${text}`)),
    retryable: false,
  });

  const ODD = [
    ['an Error', () => new Error('the line is cut'), 'the line is cut'],
    ['text', () => 'the line is cut', 'the line is cut'],
    ['an object with a message', () => ({ message: 'the line is cut' }), 'the line is cut'],
    ['undefined', () => undefined, ''],
    ['null', () => null, ''],
    ['a Symbol', () => Symbol('s'), ''],
    ['a BigInt', () => 5n, ''],
    ['an object without a prototype', () => Object.create(null), ''],
    ['an Error whose errcode is text', () => Object.assign(new Error('the line'), { errcode: 'E1' }), 'the line'],
    ['an Error whose message is a Symbol', () => Object.assign(new Error('x'), { message: Symbol('s') }), ''],
    ['an Error whose errmsg is a BigInt', () => Object.assign(new Error('x'), { errcode: 'x', errmsg: 5n }), ''],
    [
      'what throws when it is looked at',
      () => new Proxy({}, { get: explode, has: explode, getPrototypeOf: explode }),
      '',
    ],
  ];

  function explode() {
    throw new Error('looked at');
  }

  test.each(ODD)('(%s) is 6008 with its cause', async (_name, make, cause) => {
    const value = make();
    const throwing = () => {
      throw value;
    };
    expect(await failed(throwing)).toStrictEqual(CAUSE(cause));
    expect(await failed(async () => throwing())).toStrictEqual(CAUSE(cause));
  });

  test('is 6008 for authorize too, as any failed exchange', async () => {
    const { encryptedData, iv } = here.wechat.user({ openId: 'o1' });
    const exchange = async () => {
      throw new Error('the line is cut');
    };
    const error = await rejection(open(exchange).authorize(CODE, encryptedData, iv));
    expect(seen(error)).toStrictEqual({ code: 6008, message: CAUSE('the line is cut').message });
  });

  test('does not show the code', async () => {
    const exchange = (given) => Promise.reject(new Error(`GET /?js_code=${given} failed`));
    const error = await rejection(open(exchange).login(CODE));
    expect(told(error)).toContain('failed');
    expect(`${error.message}${error.stack}${error.cause.stack}`).not.toContain(CODE);
  });
});

describe('what a function gives that is no session', () => {
  const circular = {};
  circular.self = circular;
  const explosive = {
    get openid() {
      throw new Error('looked at');
    },
  };

  /** As axios gives it: it holds itself, and WeChat's reply as well. */
  const axiosReply = (data) => {
    const request = { socket: {} };
    request.socket.request = request;
    return { status: 200, statusText: 'OK', headers: {}, config: { url: 'secret' }, request, data };
  };

  test.each([
    ['undefined', undefined, 'nothing'],
    ['null', null, 'null'],
    ['a number', 5, 'a number'],
    ['text', 'o1', 'text'],
    ['JSON', JSON.stringify(SESSION), 'JSON.parse'],
    ['true', true, 'a boolean'],
    ['a Symbol', Symbol('s'), 'a Symbol'],
    ['a BigInt', 5n, 'a BigInt'],
    ['a function', () => SESSION, 'a function'],
    ['an array', [SESSION], 'an array'],
    ['an empty object', {}, 'without openid and errcode'],
    ['an errcode of 0 alone', { errcode: 0, errmsg: 'ok' }, 'without openid and errcode'],
    ['a session key alone', { session_key: KEY }, 'without openid and errcode'],
    ['an openid that is a number', { openid: 5, session_key: KEY }, 'whose openid is a number'],
    ['an openid that is empty', { openid: '', session_key: KEY }, 'whose openid is empty'],
    ['an openid that is null', { openid: null, session_key: KEY }, 'whose openid is no text'],
    ['an openid spelt otherwise', { openId: 'o1', sessionKey: KEY }, 'openId in place of openid'],
    ['an errcode spelt otherwise', { errCode: 40029, errMsg: 'x' }, 'errCode in place of errcode'],
    ['an object that holds itself', circular, 'has no JSON'],
    ['an object that throws when it is read', explosive, ''],
    ['an object whose toJSON throws', { toJSON: () => explosive.openid }, 'has no JSON'],
    ['an object whose toJSON gives nothing', { toJSON: () => undefined }, 'has no JSON'],
    ['a Map', new Map(Object.entries(SESSION)), 'without openid and errcode'],
    ['bytes', Buffer.from(JSON.stringify(SESSION)), 'bytes'],
    ['a Response', new Response(JSON.stringify(SESSION)), 'a Response (return await response.json())'],
    ['what axios gives', axiosReply(SESSION), 'in its field data (return that field)'],
    ['what axios gives of a refusal', axiosReply({ errcode: 40029 }), 'in its field data'],
    ['what got gives', { statusCode: 200, body: JSON.stringify(SESSION) }, 'in its field body'],
    ['what a cloud function gives', { errMsg: 'callFunction:ok', result: SESSION }, 'in its field result'],
  ])('(%s) is 6008, and told as that', async (_name, value, kind) => {
    const said = { code: 6008, message: MESSAGE, retryable: false };
    for (const exchange of [() => value, async () => value]) {
      const error = await failed(exchange);
      expect(error).toStrictEqual(said);
      expect(error.message).toContain(kind);
      if (kind)
        expect(error.message).toContain('it must return { openid, session_key, unionid? } or { errcode, errmsg }');
      expect(error.message).not.toMatch(/o1|secret\b|40029/);
      expect(error.message).not.toContain(KEY);
    }
  });

  test('is 6008 for authorize too', async () => {
    const { encryptedData, iv } = here.wechat.user({ openId: 'o1' });
    const error = await rejection(open(() => axiosReply(SESSION)).authorize(CODE, encryptedData, iv));
    expect(seen(error)).toStrictEqual({ code: 6008, message: MESSAGE });
    expect(error.message).toContain('in its field data');
  });
});

describe('what a function gives that is a session', () => {
  test.each([
    [
      'an object of a class',
      new (class Session {
        openid = 'o1';
        session_key = KEY;
      })(),
    ],
    ['an object without a prototype', Object.assign(Object.create(null), SESSION)],
    ['an object that says what its JSON is', { toJSON: () => SESSION }],
    ['a session beside fields like those of HTTP clients', { ...SESSION, data: {}, body: '', status: 200 }],
  ])('(%s) logs in', async (_name, value) => {
    expect((await open(() => value).login(CODE)).token).toMatch(/^o1\|/);
  });
});

describe('a function that never answers', () => {
  const SAID = { code: 6008, message: MESSAGE, retryable: false };

  test('is 6008 when the time for WeChat is over', async () => {
    expect(await failed(() => new Promise(() => {}), { timeout: 300 })).toStrictEqual(SAID);
  });

  test('and one that answers too late changes nothing any more', async () => {
    let late;
    const exchange = () =>
      new Promise((resolve) => {
        late = () => resolve(SESSION);
      });
    const app = open(exchange, { wechat: { timeout: 300 } });
    expect(seen(await rejection(app.login(CODE)))).toStrictEqual(SAID);
    late();
    await new Promise(setImmediate);
    expect(await app.sessions.list('o1')).toEqual([]);
  });
});
