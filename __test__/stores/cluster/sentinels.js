'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const Redis = require('ioredis').default;
const { defer, tempDir, until } = require('../../support');
const { freePort } = require('../../support/free-port');
const { info, replicated, startQuietRedis } = require('./servers');

const NAME = 'tokens';

/** How the Sentinels that run are killed, for a process that ends before its tests do. */
const running = new Set();
process.once('exit', () => {
  for (const kill of running) kill();
});

/**
 * A client that connects again: a server that becomes a replica, or a master, drops its clients.
 */
function client(port, password) {
  const redis = new Redis({ host: '127.0.0.1', port, password, retryStrategy: () => 20, maxRetriesPerRequest: null });
  redis.on('error', () => {}); // a server that is not there, or no more
  defer(() => redis.disconnect());
  return redis;
}

async function startOneSentinel(master, password) {
  const port = await freePort();
  const dir = tempDir();
  const file = path.join(dir, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${master.port} 2`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 3000`,
  ];
  if (password) lines.push(`sentinel auth-pass ${NAME} ${password}`);
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
  const server = spawn(process.env.REDIS_SERVER || 'redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const failure = new Promise((_resolve, reject) => server.once('error', reject));
  const kill = () => server.kill('SIGKILL');
  running.add(kill);
  const gone = new Promise((resolve) => server.once('exit', resolve));
  defer(async () => {
    running.delete(kill);
    kill();
    await gone;
  });
  const redis = client(port);
  await Promise.race([until(() => redis.ping(), 20000), failure]);
  return { port, url: `redis://127.0.0.1:${port}`, redis };
}

/**
 * A master with a replica, watched by three Sentinels: `tokens` is the option that names them. All
 * have the same password or none.
 */
async function startSentinel({ password } = {}) {
  const args = password ? ['--masterauth', password] : [];
  const start = async (port) => {
    const server = await startQuietRedis({ password, port, args: [...args, '--repl-diskless-sync', 'no'] });
    server.redis.disconnect();
    return Object.assign(server, { redis: client(server.port, password) });
  };
  const nodes = [await start(), await start()];
  await nodes[1].redis.replicaof('127.0.0.1', nodes[0].port);
  await until(async () => (await info(nodes[1], 'master_link_status')) === 'up', 20000);
  const sentinels = [];
  while (sentinels.length < 3) sentinels.push(await startOneSentinel(nodes[0], password));

  const ask = async (sentinel) => {
    const flat = await sentinel.redis.call('SENTINEL', 'MASTER', NAME);
    return Object.fromEntries(flat.flatMap((_, i) => (i % 2 ? [] : [[flat[i], flat[i + 1]]])));
  };

  /** Waits until every Sentinel knows the others and the replica. */
  for (const sentinel of sentinels) {
    await until(async () => {
      const known = await ask(sentinel);
      return known['num-other-sentinels'] === '2' && known['num-slaves'] === '1';
    }, 20000);
  }

  /**
   * Waits until all Sentinels name the same master, another than `old`, and it says so too; that
   * node.
   */
  async function newMaster(old) {
    for (const sentinel of sentinels) {
      await until(async () => (await ask(sentinel)).port !== String(old.port), 20000);
    }
    const { port } = await ask(sentinels[0]);
    const node = nodes.find((one) => one.port === Number(port));
    await until(async () => (await info(node, 'role')) === 'master', 20000);
    return node;
  }

  /**
   * Starts a killed node again as the master that it was, and waits until the Sentinels have made
   * it a replica.
   */
  async function revive(node) {
    node.redis.disconnect();
    Object.assign(node, await start(node.port));
    await follows(node);
  }

  const follows = (node) =>
    until(
      async () => (await info(node, 'role')) === 'slave' && (await info(node, 'master_link_status')) === 'up',
      30000,
    );

  return {
    nodes,
    sentinels,
    master: nodes[0],
    password,
    tokens: { sentinels: sentinels.map((sentinel) => sentinel.url), master: NAME },
    newMaster,
    revive,
    follows,
    replicated: () => replicated(nodes[0]),
  };
}

module.exports = { startSentinel };
