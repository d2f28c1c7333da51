'use strict';

// Checks on the JavaScript thread: which go that way, and what sends them the ordinary way.

const fs = require('node:fs');
const path = require('node:path');
const {
  connections,
  createApp,
  everybody,
  isValid,
  issue,
  rejection,
  startRedis,
  tempDir,
  until,
} = require('../../support');
const { tcpProxy } = require('../../support/tcp-proxy');
const { pause } = require('../../support/wait');
const { countOrdinary, untilDirect } = require('./support');

let server;
beforeAll(async () => {
  server = await startRedis({ password: 'p4ss' });
});
beforeEach(() => server.redis.flushall());
afterEach(() => jest.restoreAllMocks());

const open = (given) => createApp({ redis: server, db: everybody(), ...given });

/** An object whose checks go the short way, with a token. */
async function ready(given) {
  const app = open(given);
  const token = await issue(app, 'o1');
  await untilDirect(app, token);
  await app.verify(token);
  return { app, token, ordinary: countOrdinary() };
}

test('checks of several events go to redis together while one is on its way', async () => {
  const { app, token } = await ready();
  const batches = () => app.stats().redis.latency.count;
  const before = batches();
  const inEvent = () => new Promise((resolve) => setImmediate(() => resolve(app.verify(token))));
  await Promise.all(Array.from({ length: 8 }, inEvent));
  expect(batches() - before).toBe(2); // the first, which had no company, and the others
});

const COMPATIBLE = () => server.url;
const TAGGED = () => ({ url: server.url, layout: 'tagged' });

describe.each([
  ['compatible', COMPATIBLE],
  ['tagged', TAGGED],
])('a plain live token (%s)', (_layout, tokens) => {
  test('is checked and verified without the threads', async () => {
    const { app, token, ordinary } = await ready({ tokens: tokens() });
    const before = ordinary();
    await app.isTokenValid(token);
    const session = await app.verify(token);
    await Promise.all(Array.from({ length: 500 }, () => app.isTokenValid(token)));
    expect(ordinary()).toBe(before);
    expect(session).toEqual(await app.sessions.inspect(token));
  });

  test('is told of in the same words, whatever is kept with it', async () => {
    const { app } = await ready({ tokens: tokens(), options: { sessions: { mode: 'each' } } });
    const given = [
      {},
      { device: '小米 “14” \\ "é"' },
      { openId: 'oXYZ-0123456789' },
      { device: 'phone', openId: 'u7' },
    ];
    for (const options of given) {
      const { token } = await app.sessions.issue('u7', options);
      await app.verify(token);
      const ordinary = countOrdinary();
      const before = ordinary();
      const found = await app.verify(token);
      expect(ordinary()).toBe(before);
      expect(found).toEqual(await app.sessions.inspect(token));
    }
  });
});

describe('goes the ordinary way', () => {
  test.each([
    ['what was never issued', (token) => token.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
    ['what has a user who is no ASCII', () => `用户|shop|${'0a'.repeat(32)}`],
    ['what has no shape of a token', () => 'some:other:hash'],
  ])('%s, and is refused', async (_what, make) => {
    const { app, token, ordinary } = await ready();
    await server.redis.hset('some:other:hash', 'ctime', Date.now(), 'x', Date.now() + 1e6, 'v', 2);
    const before = ordinary();
    expect(await isValid(app, make(token))).toBe(false);
    expect(ordinary()).toBe(before + 1);
  });

  test('a token of 1.3.2, and is adopted', async () => {
    const { app, ordinary } = await ready();
    const old = `o1|shop|${'0b'.repeat(32)}`;
    await server.redis.hset(old, 'ctime', Date.now() + 10_000);
    const before = ordinary();
    expect(await isValid(app, old)).toBe(true);
    expect(ordinary()).toBe(before + 1);
    expect(await server.redis.hget(old, 'v')).toBe('2');
    expect(await isValid(app, old)).toBe(true);
    expect(ordinary()).toBe(before + 1);
  });

  test.each([
    ['no hash', (token) => server.redis.multi().del(token).set(token, 'x').exec(), false],
    ['a record whose time is over', (token) => server.redis.hset(token, 'x', Date.now() - 1000), true],
    ['a record without a time', (token) => server.redis.hdel(token, 'x'), true],
    ['a record with a time of other digits', (token) => server.redis.hset(token, 'x', '99999999999x9'), true],
  ])('%s', async (_what, change, live) => {
    const { app, token, ordinary } = await ready();
    await change(token);
    const before = ordinary();
    expect(await isValid(app, token)).toBe(live);
    expect(ordinary()).toBe(before + 1);
  });

  test('what few objects ask, each but some checks', async () => {
    const before = await connections(server.redis);
    const ordinary = countOrdinary();
    const app = open();
    const token = await issue(app, 'o1');
    for (let i = 0; i < 20; i += 1) await app.isTokenValid(token);
    await pause(100);
    expect(ordinary()).toBe(20);
    expect(await connections(server.redis)).toBe(before + 1);
  });

  test('everything, where there is a cache, a file, memory, or an idle limit', async () => {
    const ordinary = countOrdinary();
    const stores = [{ tokens: 'memory', redis: undefined }, { tokens: { file: path.join(tempDir(), 'tokens.db') } }];
    for (const given of [...stores, { options: { cache: true } }, { options: { sessions: { idle: 60 } } }]) {
      const app = open(given);
      const token = await issue(app, 'o1');
      for (let i = 0; i < 60; i += 1) await app.verify(token, { fresh: true });
    }
    expect(ordinary()).toBe(240);
  });

  test('everything, where redis does not say that it is a master', async () => {
    await server.redis.call('ACL', 'SETUSER', 'u', 'on', '>p', '~*', '+@all', '-info', '-role');
    const ordinary = countOrdinary();
    const app = open({ tokens: `redis://u:p@127.0.0.1:${server.port}`, redis: undefined });
    const token = await issue(app, 'o1');
    for (let i = 0; i < 60; i += 1) await app.isTokenValid(token);
    expect(ordinary()).toBe(60);
  });
});

test('a token that was revoked is refused by the next check', async () => {
  const { app } = await ready({ options: { sessions: { mode: 'each' } } });
  for (let i = 0; i < 300; i += 1) {
    const { token } = await app.sessions.issue('o2');
    await app.verify(token);
    const ended = i % 3;
    if (ended === 0) await app.sessions.revoke(token);
    else if (ended === 1) await app.sessions.revokeUser('o2');
    else await app.sessions.rotate(token, { grace: 0 });
    expect(await rejection(app.verify(token))).toMatchObject({ code: 6007 });
  }
});

test('who is logged in changes with the record, though the session was told before', async () => {
  const { app, token } = await ready();
  expect(await app.verify(token)).not.toHaveProperty('device');
  await server.redis.hset(token, 'd', 'tablet');
  expect(await app.verify(token)).toMatchObject({ device: 'tablet' });
});

describe('the connection', () => {
  test('ends with close, and a check that waits is answered', async () => {
    const { app, token } = await ready();
    const waiting = [app.isTokenValid(token), app.verify(token)];
    await app.close();
    expect(await Promise.all(waiting)).toEqual([undefined, expect.objectContaining({ userId: 'o1' })]);
    await until(async () => (await connections(server.redis)) === 1);
  });

  test('is made anew where redis ends it', async () => {
    const { app, token, ordinary } = await ready();
    await server.redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await app.isTokenValid(token);
    expect(ordinary()).toBeGreaterThan(0);
    await untilDirect(app, token);
  });

  test('is none to what has become a replica', async () => {
    const [own, other] = [await startRedis(), await startRedis()];
    const app = createApp({ tokens: own.url, db: everybody() });
    const token = await issue(app, 'o1');
    await untilDirect(app, token);
    await own.redis.replicaof('127.0.0.1', other.port);
    // Nothing of what it says counts from the next look on.
    await until(async () => {
      const ordinary = countOrdinary();
      const before = ordinary();
      await isValid(app, token);
      return ordinary() > before;
    }, 20000);
  }, 40000);

  test('is none to the server that the calls have left', async () => {
    const [own, other] = [await startRedis(), await startRedis()];
    let { port } = own;
    const proxy = await tcpProxy(() => port);
    const app = createApp({ tokens: proxy.url, db: everybody() });
    const token = await issue(app, 'o1');
    await untilDirect(app, token);
    await other.redis.replicaof('127.0.0.1', own.port);
    await until(() => other.redis.exists(token));
    await other.redis.replicaof('NO', 'ONE');
    await untilDirect(app, token); // and so there is no look at the role for a while
    port = other.port;
    await own.redis.replicaof('127.0.0.1', 1); // and so it does not hear of what happens there
    expect(await app.sessions.revoke(token)).toBe(true);
    expect(await rejection(app.verify(token))).toMatchObject({ code: 6007 });
  });

  test('leads to a unix socket, and to the database that the URL names', async () => {
    const socket = path.join(tempDir(), 'r.sock');
    const own = await startRedis({ password: 'p w|d', args: ['--unixsocket', socket] });
    await until(() => fs.existsSync(socket));
    for (const tokens of [`unix://${socket}?db=3&pass=p%20w%7Cd`, `redis://:p%20w%7Cd@127.0.0.1:${own.port}/4`]) {
      const app = createApp({ tokens, db: everybody() });
      const token = await issue(app, 'o1');
      await untilDirect(app, token);
      const ordinary = countOrdinary();
      const before = ordinary();
      await app.isTokenValid(token);
      expect(ordinary()).toBe(before);
    }
  });
});

test('a reply that is lost is not made up for by that to a later check', async () => {
  let swallows = false;
  const proxy = await tcpProxy(server.port, () => ({
    toClient(piece, client) {
      if (!swallows) client.write(piece);
      swallows = false;
    },
  }));
  const app = createApp({ tokens: proxy.url, redisPass: server.password, db: everybody() });
  const [live, dead] = [await issue(app, 'o1'), `o1|shop|${'0c'.repeat(32)}`];
  await untilDirect(app, live);
  swallows = true;
  const lost = isValid(app, dead);
  await pause(5);
  expect(await Promise.all([lost, isValid(app, live)])).toEqual([false, true]);
});

describe('a redis that is silent', () => {
  test('is asked the ordinary way within a moment', async () => {
    let silent = false;
    const proxy = await tcpProxy(server.port, () => ({
      toClient: (piece, client) => silent || client.write(piece),
    }));
    const app = createApp({ tokens: proxy.url, redisPass: server.password, db: everybody() });
    const token = await issue(app, 'o1');
    await untilDirect(app, token);
    silent = true;
    const error = await rejection(app.verify(token));
    expect(error).toMatchObject({ code: 6000 });
    silent = false;
    await until(() => isValid(app, token));
  }, 30000);
});
