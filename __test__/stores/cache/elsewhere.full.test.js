'use strict';

// The cache where redis is not one plain server.

const fs = require('node:fs');
const { createApp, defer, everybody, issue, isValid, liveOf, newUser, until } = require('../../support');
const { startCluster } = require('../cluster/servers');
const { startSentinel } = require('../cluster/sentinels');
const { startTlsRedis } = require('../redis/tls-redis');
const { LONG, cached, cachedToken, trackers } = require('./support');

const PASSWORD = 'p-ss:w0rd/of-the-master';
/** For a failover on a busy machine, in milliseconds. */
const PATIENCE = 60000;

const open = (tokens, redisPass) => createApp({ tokens, redisPass, db: everybody(), options: { cache: LONG } });
const tokensOf = async (app) => (await app.health()).tokens;

test(
  'behind Sentinels the cache follows the master',
  async () => {
    const here = await startSentinel({ password: PASSWORD });
    const app = open(here.tokens, PASSWORD);
    const [kept, ended] = [
      await cachedToken(app, here.master.redis, newUser()),
      await cachedToken(app, here.master.redis, newUser()),
    ];
    expect((await tokensOf(app)).warnings).toEqual([]);
    await here.replicated();
    // An application does not pause. What is tried in vain meanwhile must not put the cache off for
    // long.
    const checks = setInterval(() => isValid(app, kept).catch(() => {}), 50);
    defer(() => clearInterval(checks));
    await here.master.stop();
    const master = await here.newMaster(here.master);
    // What the new master does not hold is dead, though nobody could tell.
    await until(() => master.redis.del(ended).catch(() => 0), PATIENCE);
    await until(async () => !(await isValid(app, ended).catch(() => true)), PATIENCE);
    await until(() => isValid(app, kept).catch(() => false), PATIENCE);
    await cached(app, master.redis, kept);
    await master.redis.del(kept);
    await until(async () => !(await isValid(app, kept)));
  },
  3 * PATIENCE,
);

test('over TLS it hears of changes as well', async () => {
  const server = await startTlsRedis({ password: 'pw' });
  const app = open({ url: server.tlsUrl, tls: { ca: fs.readFileSync(server.ca) } }, 'pw');
  const token = await cachedToken(app, server.redis, newUser());
  expect(await trackers(server.redis)).toHaveLength(1);
  await server.redis.del(token);
  await until(async () => !(await isValid(app, token)));
});

test(
  'in a Cluster there is none, a warning says so, and all the rest works',
  async () => {
    const { tokens } = await startCluster({ replicas: 0 });
    const app = open(tokens);
    const [one, two] = [await issue(app, newUser()), await issue(app, newUser())];
    expect(await liveOf(app, [one, two])).toEqual([one, two]);
    await app.sessions.revoke(one);
    expect(await liveOf(app, [one, two])).toEqual([two]);
    expect(await tokensOf(app)).toMatchObject({
      kind: 'cluster',
      ready: true,
      warnings: [expect.stringMatching(/^options\.cache has no effect/)],
    });
  },
  PATIENCE,
);
