'use strict';

const path = require('node:path');
const {
  createApp,
  everybody,
  issue,
  isValid,
  liveOf,
  login,
  newUser,
  pause,
  refresh,
  rejection,
  rotate,
  setting,
  startFakeWeChat,
  startNode,
  startRedis,
  until,
  within,
} = require('../../support');
const { holdingProxy } = require('./holding-proxy');
const { LONG, cached, cachedToken, readingsDuring, trackers } = require('./support');

/**
 * Ways in which a call ends `token` of `user`; at the moment when its promise resolves nobody in
 * the process may take it for live.
 */
const ENDS = [
  ['sessions.revoke', (app, token) => app.sessions.revoke(token)],
  ['sessions.revokeUser', (app, _token, user) => app.sessions.revokeUser(user)],
  ['sessions.revokeUser, all skus', (app, _token, user) => app.sessions.revokeUser(user, { allSkus: true })],
  ['refreshToken', (app, _token, user) => app.refreshToken(user)],
  ['sessions.rotate without a grace', (app, token) => app.sessions.rotate(token, { grace: 0 })],
  [
    'logins past sessions.max',
    async (app, _token, user) => {
      for (let i = 0; i < 3; i += 1) await issue(app, user);
    },
  ],
];

const SESSIONS = { mode: 'each', max: 3 };

describe.each(['compatible', 'tagged'])('a cached token (layout %s)', (layout) => {
  const here = setting();
  const open = (given) =>
    here.open({
      tokens: { url: here.server.url, layout },
      options: { cache: LONG, sessions: SESSIONS },
      ...given,
    });
  const dies = (app, token) => until(async () => !(await isValid(app, token)));

  describe.each(ENDS)('that %s ended', (_name, end) => {
    test('is refused from then on, by this object and every other of the process', async () => {
      const [app, other] = [open(), open()];
      for (let round = 0; round < 10; round += 1) {
        const user = newUser();
        const token = await cachedToken(app, here.redis, user);
        await cached(other, here.redis, token);
        await end(app, token, user);
        expect(await Promise.all([isValid(app, token), isValid(other, token)])).toEqual([false, false]);
      }
    });

    test('is refused while checks go on all the time', async () => {
      const app = open();
      for (let round = 0; round < 5; round += 1) {
        const user = newUser();
        const token = await cachedToken(app, here.redis, user);
        let ended = false;
        const watch = (async () => {
          let faults = 0;
          let refused = false;
          while (!refused) {
            const before = ended;
            refused = !(await isValid(app, token));
            if (before && !refused) faults += 1;
            // An answer from memory lets nobody else have a turn.
            await new Promise(setImmediate);
          }
          return faults;
        })();
        await end(app, token, user);
        ended = true;
        expect(await within(10000, watch, 'the refusal')).toBe(0);
      }
    });
  });

  test('that another process ended is refused as soon as redis has told', async () => {
    const app = open();
    const tokens = [];
    for (let i = 0; i < 5; i += 1) tokens.push(await cachedToken(app, here.redis, newUser()));
    const { line } = startNode(path.join(__dirname, 'end.js'), {
      args: [JSON.stringify({ tokens: { url: here.server.url, layout }, ended: tokens })],
    });
    await line('ended');
    for (const token of tokens) await dies(app, token);
  });

  const record = (token, user) => (layout === 'tagged' ? `mpauthx:{u:${user}|shop}:${token.slice(-64)}` : token);

  test.each([
    ['deleted', (redis, key) => redis.del(key)],
    ['unlinked', (redis, key) => redis.unlink(key)],
    ['renamed', (redis, key) => redis.rename(key, 'elsewhere')],
    ['made to expire', (redis, key) => redis.pexpire(key, 1)],
    ['made to expire in a while', (redis, key) => redis.pexpire(key, 150)],
    ['robbed of its ctime', (redis, key) => redis.hdel(key, 'ctime')],
    ['replaced by something else', (redis, key) => redis.set(key, 'text')],
    ['emptied with everything', (redis) => redis.flushall()],
    ['emptied with its database', (redis) => redis.flushdb()],
  ])('whose record is %s by hand is refused', async (_how, change) => {
    const app = open();
    const user = newUser();
    const token = await cachedToken(app, here.redis, user);
    await change(here.redis, record(token, user));
    await dies(app, token);
    expect(await isValid(app, token)).toBe(false);
  });

  test('ends with its ttl, though redis tells nothing of it', async () => {
    const server = await startRedis({ args: ['--enable-debug-command', 'local'] });
    const app = open({ ttl: 2, tokens: { url: server.url, layout } });
    const token = await issue(app, newUser());
    await until(async () => (await trackers(server.redis)).length === 1);
    expect(await isValid(app, token)).toBe(true);
    await cached(app, server.redis, token);
    // So redis does not look for what has expired, and tells nobody.
    await server.redis.call('DEBUG', 'SET-ACTIVE-EXPIRE', '0');
    const { expiresAt } = await app.sessions.inspect(token);
    await pause(expiresAt - Date.now() + 50);
    expect(await isValid(app, token)).toBe(false);
  });

  test('is not kept where redis told of its end before the reading was over', async () => {
    const proxy = await holdingProxy(here.server.port);
    const app = open({ tokens: { url: proxy.url, layout } });
    await until(async () => (await trackers(here.redis)).length === 1);
    for (let round = 0; round < 10; round += 1) {
      // One that nobody has asked about: redis has nothing else to tell.
      const user = newUser();
      const token = await issue(app, user);
      proxy.hold(async () => {
        await here.redis.del(record(token, user));
      });
      // It was live when redis was asked. The answer and the news arrive together, in this order.
      expect(await isValid(app, token)).toBe(true);
      expect(await isValid(app, token)).toBe(false);
    }
  });

  test('is refused after close, like every other', async () => {
    const app = open();
    const token = await cachedToken(app, here.redis, newUser());
    const closing = app.close();
    expect(await rejection(app.isTokenValid(token))).toBeUndefined();
    await closing;
    expect(await rejection(app.isTokenValid(token))).toBeUndefined();
  });

  test('is asked for again when the tracking connection is cut, and what changed meanwhile is seen', async () => {
    const app = open();
    for (let round = 0; round < 3; round += 1) {
      const [gone, kept] = [
        await cachedToken(app, here.redis, newUser()),
        await cachedToken(app, here.redis, newUser()),
      ];
      const [id] = await trackers(here.redis);
      // Both at once: redis has nobody to tell any more.
      await here.redis
        .multi()
        .client('KILL', 'ID', id)
        .del(record(gone, gone.split('|')[0]))
        .exec();
      await dies(app, gone);
      expect(await isValid(app, kept)).toBe(true);
      await cached(app, here.redis, kept);
      expect(await trackers(here.redis)).not.toContain(id);
    }
  });

  test('is not lost when another one is ended', async () => {
    const app = open();
    const [one, two] = [await cachedToken(app, here.redis, newUser()), await cachedToken(app, here.redis, newUser())];
    await app.sessions.revoke(one);
    expect(await readingsDuring(here.redis, () => isValid(app, two))).toBe(0);
  });
});

describe('a cached token, when redis', () => {
  const DEADLINE = 2000;
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });
  const open = (server, cache = LONG) =>
    createApp({
      wechat,
      db: everybody(),
      tokens: { url: server.url, deadline: DEADLINE },
      redisPass: server.password,
      options: { cache },
    });
  const OUTAGE = { name: 'Error', code: 6000 };

  test('is killed, is an outage as soon as the connection is lost, and live again with the redis', async () => {
    const server = await startRedis();
    const app = open(server);
    const token = await login(app, wechat, 'o1');
    await cached(app, server.redis, token);
    await server.stop();
    await until(
      () =>
        app.isTokenValid(token).then(
          () => false,
          (error) => error?.code === 6000,
        ),
      20000,
    );
    const again = await startRedis({ port: server.port });
    const next = await until(() => login(app, wechat, 'o1').catch(() => null), 20000);
    expect(await liveOf(app, [token, next])).toEqual([next]);
    await cached(app, again.redis, next);
  });

  test('is frozen, is not taken for live any longer than maxAge', async () => {
    const server = await startRedis();
    const app = open(server, { maxAge: 300 });
    const token = await login(app, wechat, 'o1');
    await cached(app, server.redis, token);
    server.pause();
    try {
      await pause(300);
      expect(await within(3 * DEADLINE, rejection(app.isTokenValid(token)), 'the check')).toMatchObject(OUTAGE);
    } finally {
      server.resume();
    }
    await until(() => isValid(app, token).catch(() => false), 20000);
    await cached(app, server.redis, token);
  });

  test('becomes a replica, follows the calls that leave it', async () => {
    const server = await startRedis();
    const app = open(server);
    const token = await login(app, wechat, 'o1');
    await cached(app, server.redis, token);
    const [id] = await trackers(server.redis);
    await server.redis.replicaof('127.0.0.1', '1');
    expect(await rejection(refresh(app, 'o1'))).toMatchObject(OUTAGE);
    await server.redis.replicaof('NO', 'ONE');
    await until(async () => {
      await isValid(app, await rotate(app, await issue(app, 'o2')));
      return !(await trackers(server.redis)).includes(id);
    });
  });

  test('wants a password, is cached all the same', async () => {
    const server = await startRedis({ password: 'Sesame-42' });
    const app = open(server);
    const token = await login(app, wechat, 'o1');
    await cached(app, server.redis, token);
    expect((await app.health()).tokens.warnings).toEqual([]);
  });
});
