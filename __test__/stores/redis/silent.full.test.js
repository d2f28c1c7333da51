'use strict';

const fs = require('node:fs');
const {
  atOnce,
  createApp,
  everybody,
  isValid,
  login,
  refresh,
  startFakeWeChat,
  startRedis,
  until,
  within,
} = require('../../support');
const { LONG, cached } = require('../cache/support');
const { startFakeSentinel } = require('./fake-sentinel');
const { openWay } = require('./way');

jest.setTimeout(60000);

let wechat;
let server;
beforeAll(async () => {
  wechat = await startFakeWeChat();
  server = await startRedis();
});
beforeEach(() => server.redis.flushall());

const DEADLINE = 5000;

const open = (tokens, options) => createApp({ wechat, db: everybody(), tokens, options });

/** A Cluster of one node, that says of itself that it is at the address of a way to it. */
async function startCluster() {
  const node = await startRedis({ args: ['--cluster-enabled', 'yes'] });
  await node.redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await until(async () => /cluster_state:ok/.test(await node.redis.call('CLUSTER', 'INFO')));
  const way = await openWay(node.port);
  await node.redis.config('SET', 'cluster-announce-port', way.port);
  await until(async () => JSON.stringify(await node.redis.call('CLUSTER', 'SLOTS')).includes(String(way.port)));
  return { way, tokens: { cluster: [way.url] } };
}

/** Ways to a redis: { way, tokens }. */
const PLACES = {
  async 'one server'() {
    const way = await openWay(server.port);
    return { way, tokens: { url: way.url } };
  },
  async 'the master of Sentinels'() {
    const way = await openWay(server.port);
    const sentinel = await startFakeSentinel({ master: () => ({ host: '127.0.0.1', port: way.port }) });
    return { way, tokens: { sentinels: [sentinel.url], master: 'm' } };
  },
  'a Cluster': startCluster,
};

describe.each(Object.keys(PLACES))('connections to %s that died without a word', (place) => {
  const CALLS = [
    ['a login', (app) => login(app, wechat, 'o9')],
    ['a check', (app, token) => isValid(app, token)],
    ['a refresh', (app) => refresh(app, 'o1')],
    ['health', async (app) => (await app.health()).tokens.ready],
    [
      'many calls at once',
      (app, token) => atOnce(200, (i) => (i % 2 ? isValid(app, token) : login(app, wechat, `o${i}`))),
    ],
  ];
  test.each(CALLS)('cost no call: %s', async (_what, call) => {
    const { way, tokens } = await PLACES[place]();
    const app = open(tokens);
    const token = await login(app, wechat, 'o1');
    for (let round = 0; round < 2; round += 1) {
      way.forget();
      expect(await within(DEADLINE, call(app, token), 'the call')).toBeTruthy();
    }
  });
});

test('connections that died without a word cost no call with a cache', async () => {
  const way = await openWay(server.port);
  const app = open({ url: way.url }, { cache: LONG });
  const [kept, other] = [await login(app, wechat, 'o1'), await login(app, wechat, 'o2')];
  await cached(app, server.redis, kept);
  way.forget();
  expect(await within(DEADLINE, isValid(app, other), 'the check')).toBe(true);
  await cached(app, server.redis, other);
});

test('a redis that is slow for a while is waited for, on the connection that there is', async () => {
  const way = await openWay(server.port);
  const app = open({ url: way.url, layout: 'tagged' });
  const token = await login(app, wechat, 'o1');
  const before = way.opened();
  server.pause();
  const checks = atOnce(20, () => isValid(app, token));
  await new Promise((resolve) => setTimeout(resolve, 2500));
  server.resume();
  expect(await checks).toEqual(Array(20).fill(true));
  // Attempts to find out whether it is there, one after the other.
  expect(way.opened() - before).toBeLessThan(5);
});

/**
 * Our ends of the connections to `port`: what the system waits for, and how long yet, in seconds.
 */
function timers(port) {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = fs.readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  const fields = lines.map((line) => line.trim().split(/\s+/));
  const ESTABLISHED = '01';
  return fields
    .filter(([, , to, state]) => to.endsWith(remote) && state === ESTABLISHED)
    .map(([, , , , , timer]) => ({
      keepalive: timer.startsWith('02:'),
      left: Number.parseInt(timer.slice(3), 16) / 100,
    }));
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('the system looks whether every idle connection is still there, about every 30 s', async () => {
  const places = [await PLACES['one server'](), await PLACES['the master of Sentinels'](), await PLACES['a Cluster']()];
  for (const [i, { way, tokens }] of places.entries()) {
    const app = open(tokens, i === 0 ? { cache: LONG } : undefined);
    const token = await login(app, wechat, 'o1');
    if (i === 0) await cached(app, server.redis, token);
    await until(() => {
      const all = timers(way.port);
      return (
        all.length >= (i === 0 ? 2 : 1) && all.every(({ keepalive, left }) => keepalive && left > 20 && left <= 30)
      );
    });
  }
});
