'use strict';

// The token stores that histories are recorded on, and what can happen to each. A fault is done
// when everything works again; it tells `mark` what it did to all sessions at once.

const path = require('node:path');
const { generator, pause, startRedis, tempDir } = require('../support');
const { startCluster } = require('../stores/cluster/servers');
const { moveSlot } = require('./slots');
const { createOdds } = require('./odds');
const { faultyProxy, farProxy } = require('./proxy');

/** Of a call, in milliseconds: less than the default, so that outages end soon. */
const DEADLINE = 1500;

/** Seconds, far less than what does not end while a test runs. */
const JUMP = 600;

const killed = { name: 'kill -9 of a process', run: ({ fleet, random }) => fleet.kill(random) };
const frozen = { name: 'SIGSTOP of a process', run: ({ fleet, random }) => fleet.freeze(random, 600) };

const jumping = (odds) => ({
  name: 'clock jump',
  run: ({ random }) => odds.jump(random.below(2 * JUMP) - JUMP),
});

const filling = (odds) => ({
  name: 'disk full',
  async run() {
    odds.fill(true);
    await pause(400);
    odds.fill(false);
  },
});

/** What changes all sessions at once, at some moment while `act` runs. */
async function marked(kind, mark, now, act) {
  const call = now();
  await act();
  mark({ kind, call, return: now() });
}

const memory = () => ({ clients: 1, tokens: 'memory', isSteady: true, faults: [] });

function file({ isSteady }) {
  const odds = createOdds();
  const faults = [killed, frozen, filling(odds), ...(isSteady ? [] : [jumping(odds)])];
  const tokens = { file: path.join(tempDir(), 'tokens.db') };
  return { clients: 4, tokens, isSteady, isWhole: true, env: odds.env, faults }; // a change is rolled back
}

/**
 * One redis, which keeps what it acknowledges when it is killed: it writes before it replies. One
 * that syncs every second may put that off.
 */
async function redis({ isSteady, cache }) {
  const odds = createOdds();
  const args = ['--appendonly', 'yes', '--appendfsync', 'no', '--dir', tempDir()];
  let server = await startRedis({ args, env: odds.env });
  const { port } = server;
  const proxy = await faultyProxy(port);
  const faults = [
    killed,
    frozen,
    ...proxy.faults,
    { name: 'SCRIPT FLUSH', run: () => server.redis.script('FLUSH') },
    { name: 'FLUSHALL', run: ({ mark, now }) => marked('flush', mark, now, () => server.redis.flushall()) },
    {
      name: 'SIGSTOP of redis',
      async run({ random }) {
        server.pause();
        await pause(random.below(2 * DEADLINE));
        server.resume();
      },
    },
    {
      name: 'kill -9 of redis',
      async run() {
        await server.stop();
        server = await startRedis({ args, port, env: odds.env });
      },
    },
    filling(odds),
    ...(isSteady ? [] : [jumping(odds)]),
  ];
  return { clients: 4, tokens: { url: proxy.url, deadline: DEADLINE }, isSteady, cache, faults, patience: DEADLINE };
}

/** One redis, far away: nothing fails, so that every answer is judged by the letter. */
async function remote() {
  const { port } = await startRedis();
  const url = await farProxy(port, generator());
  return { clients: 4, tokens: { url }, isSteady: true, faults: [] };
}

/** A Cluster, which may lose what it acknowledges when a master dies. */
async function cluster() {
  const here = await startCluster({ masters: 3, replicas: 3 });
  const faults = [
    killed,
    frozen,
    {
      name: 'FLUSHALL',
      run: ({ mark, now }) =>
        marked('flush', mark, now, async () => {
          for (const node of await here.ready()) await node.redis.flushall();
        }),
    },
    {
      name: 'SCRIPT FLUSH',
      async run() {
        for (const node of await here.ready()) await node.redis.script('FLUSH');
      },
    },
    {
      name: 'slot move',
      run: async ({ users, random }) => moveSlot(here, await here.slotOf(random.pick(users))),
    },
    {
      name: 'failover',
      async run({ users, random, mark, now }) {
        const node = await here.ownerOf(await here.slotOf(random.pick(users)));
        const call = now();
        mark({ kind: 'risk', call, return: call });
        await here.replicated();
        await marked('failover', mark, now, async () => {
          await here.kill(node);
          await here.ready();
        });
        await here.revive(node);
        await here.replicated();
      },
    },
  ];
  // An end of a token's life says nothing where a failover may bring back the one before it.
  return { clients: 4, tokens: { ...here.tokens, deadline: DEADLINE }, isSteady: false, faults, patience: DEADLINE };
}

const PLACES = {
  memory,
  file: () => file({ isSteady: true }),
  'file-clock': () => file({ isSteady: false }),
  redis: () => redis({ isSteady: true }),
  'redis-clock': () => redis({ isSteady: false }),
  'redis-remote': remote,
  'redis-cache': () => redis({ isSteady: false, cache: { maxAge: 300 } }),
  cluster,
};

module.exports = { PLACES };
