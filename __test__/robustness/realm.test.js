'use strict';

const path = require('node:path');
const {
  createApp,
  everybody,
  login,
  mpauthx,
  rejection,
  ROOT,
  runNode,
  startFakeWeChat,
  startRedis,
} = require('../support');

// jest runs each file of tests in a realm of its own, with its own Error, Promise and Object.

describe("in jest's realm", () => {
  let wechat;
  let app;
  beforeEach(async () => {
    wechat = await startFakeWeChat();
    app = createApp({ wechat, db: everybody() });
  });

  test('what the functions return are promises', async () => {
    const promises = [
      app.authorize(null),
      app.authorize('code', 'data', 'iv'),
      app.refreshToken(null),
      app.refreshToken('o1'),
      app.isTokenValid(null),
      app.isTokenValid(`o1|shop|${'0a'.repeat(32)}`),
      app.close(),
    ];
    for (const promise of promises) expect(promise).toBeInstanceOf(Promise);
    await Promise.allSettled(promises);
  });

  test('what they reject with are Errors', async () => {
    const gone = await startRedis();
    await gone.stop();
    const lost = createApp({ redis: gone, wechat, db: null });
    const mismatch = wechat.user({ openId: 'o1', extra: { openId: 'o2' } });
    const errors = await Promise.all(
      [
        app.authorize(null),
        app.authorize(Symbol('s'), 'data', 'iv'),
        app.authorize('code', 'data', 'iv'),
        app.authorize(mismatch.code, mismatch.encryptedData, mismatch.iv),
        createApp({ appId: null }).authorize('code', 'data', 'iv'),
        createApp({ db: { all: (_sql, done) => done(null, []), run() {} } }).refreshToken('o1'),
        app.refreshToken(null),
        lost.refreshToken('o1'),
        lost.isTokenValid(`o1|shop|${'0a'.repeat(32)}`),
      ].map(rejection),
    );
    expect(errors.map((error) => error.code)).toEqual([6001, 6001, 6011, 6009, 6008, 6010, 6001, 6000, 6000]);
    for (const error of errors) {
      expect(error).toBeInstanceOf(Error);
      expect(Object.getPrototypeOf(error)).toBe(Error.prototype);
    }
  });

  test('what the factory and extract throw are TypeErrors', () => {
    expect(() => mpauthx('wx', 'secret', 'shop', 42)).toThrow(TypeError);
    expect(() => mpauthx('wx', 'secret', 'shop', null, null, 'soon')).toThrow(TypeError);
    expect(() => mpauthx('wx', 'secret', 'shop', null, null, null, { tokens: 'nonsense' })).toThrow(TypeError);
    expect(() => app.extractOpenId(1)).toThrow(TypeError);
    expect(() => app.extractSku(null)).toThrow(TypeError);
  });

  test('what they resolve with are plain objects', async () => {
    const { code, encryptedData, iv } = wechat.user({ openId: 'o1' });
    for (const result of [await app.authorize(code, encryptedData, iv), await app.refreshToken('o1')]) {
      expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    }
    expect(Object.getPrototypeOf(app.constants.statusCode)).toBe(Object.prototype);
  });

  test('Buffers of the realm are bytes', async () => {
    const { code, encryptedData, iv } = wechat.user({ openId: 'o1' });
    const bytes = [encryptedData, iv].map((text) => new Uint8Array(Buffer.from(text, 'base64')));
    expect(bytes[0]).toBeInstanceOf(Uint8Array);
    expect((await app.authorize(code, ...bytes)).response).toMatch(/^o1\|/);
  });
});

test('a file of tests that forgets close() ends by itself', async () => {
  const redis = await startRedis();
  const wechat = await startFakeWeChat();
  const config = { rootDir: __dirname, testMatch: ['<rootDir>/forgets-close.js'], transform: {} };
  const jest = path.join(ROOT, '__test__', 'node_modules', 'jest', 'bin', 'jest.js');
  const { code, stdout, stderr } = await runNode(jest, {
    args: ['--config', JSON.stringify(config), '--runInBand'],
    env: { TOKENS: redis.url, LOGIN: JSON.stringify({ endpoint: wechat.endpoint, ...wechat.user({ openId: 'o1' }) }) },
  });
  expect(stderr).toMatch(/Tests: +1 passed, 1 total/);
  expect(stderr + stdout).not.toMatch(/did not exit|open handle/);
  expect(code).toBe(0);
  await login(createApp({ redis, wechat, db: everybody() }), wechat, 'o2'); // both still serve
});
