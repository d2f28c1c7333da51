'use strict';

const {
  createApp,
  everybody,
  isValid,
  login,
  refresh,
  rejection,
  rejections,
  startFakeWeChat,
  startRedis,
  until,
  within,
} = require('../../support');
const { failingRedis, silentRedis } = require('./odd-redis');
const { records } = require('./support');

// Twice the time that a call may take.
const LIMIT = 10000;

describe('redis', () => {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  const open = (redis, given) => createApp({ redis, wechat, db: everybody(), ...given });

  const OUTAGE = { name: 'Error', code: 6000, message: expect.stringMatching(/^Error: ./s) };

  /** Every call says in bounded time that redis is out, isTokenValid too. */
  async function expectOutage(app, token) {
    const calls = [login(app, wechat, 'o1'), app.refreshToken('o1'), app.isTokenValid(token)];
    for (const error of await within(LIMIT, rejections(...calls), 'a call in an outage')) {
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject(OUTAGE);
    }
  }

  /** The same object does its work again, without being told. */
  async function expectRecovery(app) {
    const token = await until(() => login(app, wechat, 'o1').catch(() => null), LIMIT);
    expect(await isValid(app, token)).toBe(true);
    const next = await refresh(app, 'o1');
    expect(await isValid(app, token)).toBe(false);
    expect(await isValid(app, next)).toBe(true);
  }

  test('that stops is an outage, and the object works again when it is back', async () => {
    const server = await startRedis();
    const app = open(server);
    const token = await login(app, wechat, 'o1');
    await server.stop();
    await expectOutage(app, token);
    await startRedis({ port: server.port });
    await expectRecovery(app);
  });

  test('that is replaced between two calls is not noticed', async () => {
    const server = await startRedis();
    const app = open(server);
    await login(app, wechat, 'o1');
    await server.stop();
    await startRedis({ port: server.port });
    const token = await within(LIMIT, login(app, wechat, 'o1'), 'the first call');
    expect(await isValid(app, token)).toBe(true);
  });

  test('that is not there at the start is an outage, and works when it comes', async () => {
    const server = await startRedis();
    await server.stop();
    const app = open(server);
    await expectOutage(app, `o1|shop|${'ab'.repeat(32)}`);
    await startRedis({ port: server.port });
    await expectRecovery(app);
  });

  test('that is silent is an outage within bounded time, and works when it speaks again', async () => {
    const server = await startRedis();
    const app = open(server);
    const token = await login(app, wechat, 'o1');
    server.pause();
    try {
      await expectOutage(app, token);
    } finally {
      server.resume();
    }
    await expectRecovery(app);
  });

  test('that takes connections and never says a word does not hold up close', async () => {
    const app = open(await silentRedis());
    await expectOutage(app, `o1|shop|${'ab'.repeat(32)}`);
    await within(LIMIT, app.close(), 'close');
  });

  test.each([
    'LOADING Redis is loading the dataset in memory',
    'NOAUTH Authentication required.',
    'MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to "no".',
    "NOPERM this user has no permissions to run the 'evalsha' command",
    'ERR something nobody has thought of',
  ])('that answers %j is an outage', async (error) => {
    await expectOutage(open(await failingRedis(error)), `o1|shop|${'ab'.repeat(32)}`);
  });

  test('that cuts every connection again and again loses no call', async () => {
    const server = await startRedis();
    const app = open(server);
    for (let i = 0; i < 10; i += 1) {
      const token = await login(app, wechat, `o${i}`);
      await server.redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      expect(await isValid(app, token)).toBe(true);
    }
  });

  test('whose scripts are flushed takes them again', async () => {
    const server = await startRedis();
    const app = open(server);
    const token = await login(app, wechat, 'o1');
    await server.redis.script('FLUSH');
    expect(await login(app, wechat, 'o1')).toBe(token);
    await server.redis.script('FLUSH');
    const next = await refresh(app, 'o1');
    await server.redis.script('FLUSH');
    expect(await isValid(app, next)).toBe(true);
    expect(await login(app, wechat, 'o2')).toMatch(/^o2\|/);
  });

  test('that wants another password is an outage; with the right one it works', async () => {
    const server = await startRedis({ password: 'p@ss: wörd/#?%41' });
    const token = await login(open(server), wechat, 'o1');
    for (const redisPass of ['wrong', '']) await expectOutage(open(server, { redisPass }), token);
    expect(await isValid(open(server), token)).toBe(true);
  });

  test('that wants no password takes one all the same', async () => {
    const app = open(await startRedis(), { redisPass: 'needless' });
    expect(await isValid(app, await login(app, wechat, 'o1'))).toBe(true);
  });

  test('that only reads is an outage for what must write', async () => {
    const server = await startRedis();
    const app = open(server);
    const token = await login(app, wechat, 'o1');
    await server.redis.replicaof('127.0.0.1', '1');
    expect(await within(LIMIT, rejection(login(app, wechat, 'o2')))).toMatchObject(OUTAGE);
    expect(await within(LIMIT, rejection(app.refreshToken('o1')))).toMatchObject(OUTAGE);
    expect(await isValid(app, token)).toBe(true);
    await server.redis.replicaof('NO', 'ONE');
    await expectRecovery(app);
  });

  test('that is full is an outage for what must write', async () => {
    const server = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
    const app = open(server);
    const token = await login(app, wechat, 'o1');
    await server.redis.config('SET', 'maxmemory', '1');
    expect(await within(LIMIT, rejection(login(app, wechat, 'o2')))).toMatchObject(OUTAGE);
    expect(await login(app, wechat, 'o1')).toBe(token);
    expect(await isValid(app, token)).toBe(true);
    await server.redis.config('SET', 'maxmemory', '0');
    await expectRecovery(app);
  });

  // Redis lets a script go on that has deleted something first, so that both ends are possible;
  // half of one is not.
  test('that is full refreshes a user wholly or not at all', async () => {
    const server = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
    const app = open(server);
    const old = await login(app, wechat, 'o1');
    await server.redis.config('SET', 'maxmemory', '1');
    const next = await within(LIMIT, refresh(app, 'o1')).catch((error) => {
      expect(error).toMatchObject(OUTAGE);
      return old;
    });
    await server.redis.config('SET', 'maxmemory', '0');
    expect(await records(server.redis, 'o1')).toEqual([next]);
    expect(await isValid(app, next)).toBe(true);
    expect(await login(app, wechat, 'o1')).toBe(next);
  });
});
