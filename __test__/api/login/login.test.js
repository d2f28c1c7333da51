'use strict';

const {
  createApp,
  drivers,
  everybody,
  isValid,
  login: authorize,
  mpauthx,
  refresh,
  refused,
  rejection,
  sample,
  SECRET,
  seen,
  startRedis,
  USER_TABLE,
  writeLegacyToken,
} = require('../../support');
const { answer, strictWeChat } = require('./support');

const here = strictWeChat();

/** How much later a time may be read than it was written, in milliseconds. */
const SLACK = 2000;

describe('a login', () => {
  test('resolves with the token, whose it is, whether the user is new and when the token ends', async () => {
    const app = here.open({ ttl: 1000 });
    const began = Date.now();
    const result = await app.login(here.code());
    expect(result).toStrictEqual(answer('o1', { isNewUser: false }));
    expect(Number.isInteger(result.expiresAt)).toBe(true);
    expect(Math.abs(result.expiresAt - began - 1000000)).toBeLessThan(SLACK);
    expect(await isValid(app, result.token)).toBe(true);
  });

  test('asks what authorize asks', async () => {
    const code = here.code();
    await here.open().login(code);
    const { method, path, query } = here.wechat.requests.at(-1);
    expect({ method, path }).toEqual({ method: 'GET', path: '/sns/jscode2session' });
    expect(query).toEqual({ appid: sample.appId, secret: SECRET, js_code: code, grant_type: 'authorization_code' });
    expect(here.requests(code)).toBe(1);
  });

  test.each(['a&appid=evil', 'a%20b+c', '\'"<>', 'x'.repeat(256)])('sends the code %j as it is', async (code) => {
    here.wechat.user({ openId: 'o1' }, code);
    expect((await here.open().login(code)).token).toMatch(/^o1\|/);
  });

  test.each(['', ' ', 'a b', '微信', 'a\r\nHost: evil', 'a\0', 'x'.repeat(257)])(
    'does not send the code %j, which cannot be one: 6001',
    async (code) => {
      const before = here.wechat.requests.length;
      const said = { code: 6001, message: expect.stringMatching(/^The code parameter .*wx\.login/) };
      expect(await refused(here.open().login(code))).toEqual(said);
      expect(here.wechat.requests).toHaveLength(before);
    },
  );

  test('takes a number for its decimal text', async () => {
    here.wechat.user({ openId: 'o1' }, '123');
    expect((await here.open().login(123)).token).toMatch(/^o1\|/);
  });

  test.each([
    ['null', null],
    ['undefined', undefined],
  ])('without a code (%s) rejects with 6001 and asks nobody', async (_name, code) => {
    const before = here.wechat.requests.length;
    const error = await rejection(here.open().login(code));
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(mpauthx.MpauthxError);
    expect(seen(error)).toStrictEqual({ code: 6001, message: 'Missing code parameter' });
    expect(here.wechat.requests).toHaveLength(before);
  });

  test('gives the live token, whose life is not prolonged', async () => {
    const app = here.open({ ttl: 1000 });
    const first = await app.login(here.code());
    const second = await app.login(here.code());
    expect(second).toStrictEqual({ ...first, expiresAt: expect.any(Number) });
    expect(Math.abs(second.expiresAt - first.expiresAt)).toBeLessThan(50);
  });

  test('and authorize give each other the same token', async () => {
    const app = here.open();
    const token = await authorize(app, here.wechat, 'o1');
    expect((await app.login(here.code())).token).toBe(token);
    const other = (await app.login(here.code('o2'))).token;
    expect(await authorize(app, here.wechat, 'o2')).toBe(other);
    expect((await app.login(here.code())).token).not.toBe(other);
  });

  test('after a refresh gives the new token', async () => {
    const app = here.open();
    const before = (await app.login(here.code())).token;
    const token = await refresh(app, 'o1');
    expect(token).not.toBe(before);
    expect((await app.login(here.code())).token).toBe(token);
  });

  test('can be called without its object', async () => {
    const { login } = here.open();
    expect((await login(here.code())).token).toMatch(/^o1\|/);
  });

  test('needs a user table: 6000 without one, and no token is left', async () => {
    const app = createApp({ wechat: here.wechat, db: null });
    const error = await rejection(app.login(here.code()));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6000, message: expect.stringMatching(/^Error: ./) });
    expect(await app.sessions.list('o1')).toEqual([]);
  });

  test('asks the user table also where a token is live: what fails there is 6000', async () => {
    const own = await drivers.sqlite3(':memory:');
    await own.exec(USER_TABLE);
    const app = here.open({ db: own.db });
    await app.login(here.code());
    await own.exec('DROP TABLE user');
    expect(await refused(app.login(here.code()))).toEqual({
      code: 6000,
      message: expect.stringMatching(/no such table: user/),
    });
    expect(await authorize(app, here.wechat, 'o1')).toMatch(/^o1\|/);
  });
});

describe('a device', () => {
  test.each([
    ['no options', []],
    ['undefined', [undefined]],
    ['null', [null]],
    ['an empty object', [{}]],
    ['a device that is undefined', [{ device: undefined }]],
    ['a device that is null', [{ device: null }]],
  ])('need not be given (%s)', async (_name, args) => {
    const app = here.open();
    const { token } = await app.login(here.code(), ...args);
    expect(await app.sessions.inspect(token)).not.toHaveProperty('device');
  });

  test('is kept with the token', async () => {
    const app = here.open();
    const { token } = await app.login(here.code(), { device: 'iPhone 15 · 微信 8.0' });
    expect(await app.sessions.inspect(token)).toMatchObject({ device: 'iPhone 15 · 微信 8.0' });
  });

  test.each([
    ['that is a number', 5],
    ['that is an object', {}],
    ['that is true', true],
    ['that is a Symbol', Symbol('s')],
  ])('%s is 6001, and WeChat is not asked', async (_name, device) => {
    const code = here.code();
    const error = await rejection(here.open().login(code, { device }));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6001, message: expect.stringContaining('device') });
    expect(here.requests(code)).toBe(0);
  });
});

describe('a token of 1.3.2', () => {
  let server;
  beforeAll(async () => {
    server = await startRedis();
  });

  const open = () => here.open({ redis: server, db: everybody() });

  test('is given with the end that it has', async () => {
    const token = await writeLegacyToken(server.redis, 'o1', 'shop', { ttl: 500 });
    const began = Date.now();
    const result = await open().login(here.code());
    expect(result).toStrictEqual(answer('o1', { token }));
    expect(Math.abs(result.expiresAt - began - 500000)).toBeLessThan(SLACK);
  });

  test('that never ends is given with null for its end', async () => {
    const token = await writeLegacyToken(server.redis, 'o2', 'shop', { ttl: null });
    const app = open();
    await isValid(app, token);
    expect(await app.login(here.code('o2'))).toStrictEqual(answer('o2', { token, expiresAt: null }));
  });
});
