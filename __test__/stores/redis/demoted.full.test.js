'use strict';

const { createApp, everybody, isValid, login, startFakeWeChat, startRedis, until } = require('../../support');
const { LONG, cached, trackers } = require('../cache/support');
const { startFakeSentinel } = require('./fake-sentinel');
const { openWay } = require('./way');

jest.setTimeout(60000);

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

/** More than a connection may go without being looked at. */
const BOUND = 20000;

/** Time for two looks. */
const LOOKS = 7000;

async function during(ms, doing) {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    await doing();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const info = async (redis, field) => new RegExp(`^${field}:(.*)\\r$`, 'm').exec(await redis.info('replication'))?.[1];

/**
 * Waits until the replica has all that was written to the master. WAIT of a connection that has
 * written nothing waits for nothing.
 */
async function caughtUp({ a, b }) {
  const written = Number(await info(a.redis, 'master_repl_offset'));
  await until(async () => Number(await info(b.redis, 'slave_repl_offset')) >= written, BOUND);
}

/**
 * A master and its replica. `failOver()` gives them each other's place and cuts replication, as a
 * network that is split does.
 */
async function startPair() {
  const args = ['--repl-diskless-sync-delay', '0'];
  const [a, b] = [await startRedis({ args }), await startRedis({ args })];
  await b.redis.replicaof('127.0.0.1', a.port);
  await until(async () => (await info(b.redis, 'master_link_status')) === 'up', BOUND);
  const failOver = async () => {
    await caughtUp({ a, b });
    await b.redis.replicaof('NO', 'ONE');
    await a.redis.replicaof('127.0.0.1', '1');
  };
  return { a, b, failOver };
}

/** How a process gets to the master: { tokens, follow(), opened() }. */
const PLACES = {
  async 'an address that moves'({ a, b }) {
    const way = await openWay(a.port);
    return { tokens: { url: way.url }, follow: () => way.lead(b.port), opened: way.opened };
  },
  async 'a Sentinel'({ a, b }) {
    let master = a;
    const sentinel = await startFakeSentinel({ master: () => ({ host: '127.0.0.1', port: master.port }) });
    return {
      tokens: { sentinels: [sentinel.url], master: 'm' },
      follow: () => {
        master = b;
      },
    };
  },
};

const open = (tokens, options) => createApp({ wechat, db: everybody(), tokens, options });

describe.each(Object.keys(PLACES))('behind %s', (place) => {
  test.each([
    ['', undefined],
    [', with a cache', { cache: LONG }],
    [', with an idle limit', { sessions: { idle: 3600 } }],
  ])('a process that only checks leaves a master that became a replica%s', async (_how, options) => {
    const pair = await startPair();
    const { tokens, follow } = await PLACES[place](pair);
    const writer = open({ url: pair.b.url });
    const app = open(tokens, options);
    const token = await login(app, wechat, 'o1');
    expect(await isValid(app, token)).toBe(true);
    if (options?.cache) await cached(app, pair.a.redis, token);
    await pair.failOver();
    follow();
    await writer.sessions.revoke(token);
    expect(await pair.a.redis.exists(token)).toBe(1); // nobody tells the old master
    await until(async () => !(await isValid(app, token)), BOUND);
  });

  test('health says that it is a replica, and finds the master when it is asked again', async () => {
    const pair = await startPair();
    const { tokens, follow } = await PLACES[place](pair);
    const app = open(tokens);
    await login(app, wechat, 'o1');
    expect((await app.health()).tokens.ready).toBe(true);
    await pair.failOver();
    follow();
    await until(async () => (await app.health()).tokens.ready, 1000);
    expect(await info(pair.b.redis, 'role')).toBe('master');
  });
});

describe('a replica that somebody wants', () => {
  /** A replica, the way to it, and a token that it has. */
  async function startReplica() {
    const { a, b } = await startPair();
    const token = await login(open({ url: a.url }), wechat, 'o1');
    await caughtUp({ a, b });
    return { way: await openWay(b.port), token };
  }

  test('is not left again and again', async () => {
    const { way, token } = await startReplica();
    const app = open({ url: way.url, layout: 'tagged' });
    const compatible = open({ url: way.url });
    expect(await isValid(compatible, token)).toBe(true);
    await until(() => way.opened() > 0);
    for (let round = 0; round < 3; round += 1) {
      expect((await app.health()).tokens).toMatchObject({ ready: false, error: expect.stringMatching(/READONLY/) });
    }
    const before = way.opened();
    await during(LOOKS, async () => {
      await isValid(app, token);
      await app.health();
    });
    expect(way.opened()).toBe(before);
  });
});

test('a redis that does not tell its role is left alone', async () => {
  const server = await startRedis();
  await server.redis.call('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '+@all', '-info', '-role');
  const way = await openWay(server.port);
  const app = open({ url: way.url.replace('//', '//app:pw@'), layout: 'tagged' });
  const token = await login(app, wechat, 'o1');
  const before = way.opened();
  await during(LOOKS, async () => expect(await isValid(app, token)).toBe(true));
  expect(way.opened()).toBe(before);
  // Not asked again and again either.
  const refused = await server.redis.call('ACL', 'LOG');
  expect(refused.map((entry) => entry[entry.indexOf('count') + 1])).toEqual([1, 1]);
});

test('the tracking connection leaves a demoted master too', async () => {
  const pair = await startPair();
  const way = await openWay(pair.a.port);
  const app = open({ url: way.url }, { cache: LONG });
  const token = await login(app, wechat, 'o1');
  await cached(app, pair.a.redis, token);
  expect(await trackers(pair.a.redis)).toHaveLength(1);
  await pair.failOver();
  way.lead(pair.b.port);
  await until(async () => {
    await isValid(app, token);
    return (await trackers(pair.b.redis)).length === 1;
  }, BOUND);
  expect(await trackers(pair.a.redis)).toEqual([]);
});
