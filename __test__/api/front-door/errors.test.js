'use strict';

// What frameworks find on an MpauthxError.

const {
  createApp,
  everybody,
  isValid,
  mpauthx,
  rejection,
  rejections,
  startFakeWeChat,
  startRedis,
} = require('../../support');
const { open } = require('./support');

const { MpauthxError, statusCode } = mpauthx;

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat({ strict: true });
});

const SENTENCE = {
  6000: 'The token store or the user table cannot be asked at the moment',
  6008: 'WeChat cannot be asked at the moment',
  9999: 'Internal error in mpauthx',
};

/** The error of a login to which WeChat answers so. */
function refusal(reply) {
  const { code } = wechat.user({ openId: 'o1' });
  wechat.answer(code, reply);
  return rejection(open({ on: wechat }).login(code));
}

describe('the status of WeChat’s refusals', () => {
  test.each([
    [-1, 503],
    [45009, 503],
    [40029, 400],
    [40163, 400],
    [41008, 400],
    [40226, 403],
    [45011, 429],
    [40013, 500],
    [40125, 500],
    [40164, 500],
    [41002, 500],
    [41004, 500],
    [48001, 502],
    [99999, 502],
  ])('of errcode %i is %i', async (errcode, status) => {
    const error = await refusal({ errcode, errmsg: 'x, rid: 61-ab' });
    expect(error).toBeInstanceOf(MpauthxError);
    expect(error).toMatchObject({
      code: 6008,
      errcode,
      rid: '61-ab',
      status,
      statusCode: status,
      expose: status < 500,
    });
    const wanted = { 503: { 'Retry-After': '5' }, 429: { 'Retry-After': '60' } }[status] || {};
    expect(error.headers).toEqual(wanted);
    const said = status < 500 ? error.message : error.cause.message;
    expect(said).toContain(`errcode ${errcode}`);
    if (status >= 500) expect(error.message).toBe(SENTENCE[6008]);
    else expect(error).not.toHaveProperty('cause');
  });

  test.each([
    ['no JSON', { raw: { status: 200, body: '<html>' } }],
    ['a status of 500', { raw: { status: 500, body: '' } }],
    ['a connection that is cut', (_req, res) => res.destroy()],
  ])('is 503 where there is none (%s)', async (_what, reply) => {
    expect(await refusal(reply)).toMatchObject({ code: 6008, status: 503, message: SENTENCE[6008] });
  });
});

describe('the status of the other codes', () => {
  test.each([
    [6000, 503],
    [6001, 400],
    [6007, 401],
    [6008, 503],
    [6009, 400],
    [6010, 404],
    [6011, 400],
    [9999, 500],
    [undefined, 500],
  ])('of %p is %i', (code, status) => {
    expect(new MpauthxError('x', { code })).toMatchObject({ status, statusCode: status, expose: status < 500 });
  });

  test('is 401 for 6007 alone', () => {
    const codes = Object.values(statusCode).filter((code) => new MpauthxError('x', { code }).status === 401);
    expect(codes).toEqual([6007]);
  });
});

describe('an error', () => {
  const made = () => new MpauthxError('not here', { code: 6007, errcode: 5, cause: new Error('why') });

  test('is an Error with its name, and nothing but the contract’s properties of its own', () => {
    const error = made();
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('MpauthxError');
    expect(String(error)).toBe('MpauthxError: not here');
    expect(error.stack).toMatch(/^MpauthxError: not here\n/);
    expect(Object.keys(error)).toEqual(['code', 'errcode']);
    expect(JSON.parse(JSON.stringify(error))).toEqual({ code: 6007, errcode: 5 });
    expect({ ...error }).toEqual({ code: 6007, errcode: 5 });
    expect(error.cause.message).toBe('why');
    expect('cause' in new MpauthxError('x', { code: 6001 })).toBe(false);
  });

  test.each([
    ['status', 418],
    ['statusCode', 418],
    ['headers', { 'X-Y': 'z' }],
    ['expose', false],
  ])('lets frameworks assign %s', (name, value) => {
    'use strict';
    const error = made();
    error[name] = value;
    expect(error[name]).toEqual(value);
    expect(Object.keys(error)).toEqual(['code', 'errcode']);
    expect(made()[name]).not.toEqual(value);
  });

  test('is what http-errors makes of it: one status under both names', () => {
    const error = made();
    error.expose = true;
    error.status = error.statusCode = 403;
    expect([error.status, error.statusCode, error.expose, error.headers]).toEqual([403, 403, true, {}]);
  });

  test('keeps what it says where another object inherits from it', () => {
    const derived = Object.create(made());
    expect([derived.status, derived.expose]).toEqual([401, true]);
    derived.status = 500;
    expect(derived.status).toBe(500);
  });

  test('can be looked at by whoever walks over prototypes', () => {
    expect(MpauthxError.prototype).toMatchObject({ status: 500, statusCode: 500, headers: {}, expose: false });
  });

  test('makes the answer that Hono sends', async () => {
    const response = made().getResponse();
    expect(response).toBeInstanceOf(Response);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ error: { code: 6007, message: 'not here' } });
  });
});

describe('the functions of 1.3.2 fail as ever, with plain Errors', () => {
  const expectPlain = (error, code) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MpauthxError);
    expect([error.name, error.code, error.status, error.statusCode]).toEqual(['Error', code, undefined, undefined]);
    expect(Object.keys(error)).toEqual(['code']);
  };

  test('where arguments are missing, and where a user is', async () => {
    const app = createApp({ wechat, db: new Set() });
    expectPlain(await rejection(app.authorize('code', null, 'iv')), 6001);
    expectPlain(await rejection(app.refreshToken('nobody')), 6010);
    expectPlain(await rejection(app.refreshToken(null)), 6001);
    expect(await isValid(app, 'garbage')).toBe(false);
  });

  test('and where redis is away; the new ones beside them say 503', async () => {
    const server = await startRedis();
    const app = createApp({ tokens: { url: server.url, deadline: 500 }, db: everybody() });
    await server.stop();
    const token = `o1|shop|${'0a'.repeat(32)}`;
    expectPlain(await rejection(app.isTokenValid(token)), 6000);
    expectPlain(await rejection(app.refreshToken('o1')), 6000);
    const { sessions } = app;
    const calls = [app.verify(token), sessions.issue('o1'), sessions.list('o1'), sessions.inspect(token)];
    for (const error of await rejections(...calls)) {
      expect(error).toMatchObject({
        name: 'MpauthxError',
        code: 6000,
        status: 503,
        message: SENTENCE[6000],
      });
    }
  });
});
