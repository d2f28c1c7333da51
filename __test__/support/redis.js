'use strict';

const { spawn } = require('node:child_process');
const Redis = require('ioredis').default;
const { defer } = require('./cleanup');
const { freePort } = require('./free-port');
const { tempDir } = require('./temp-dir');

const READY = 'Ready to accept connections';
const START_TIMEOUT = 20000;

/** Runs one server and resolves with its process when it is ready. */
function launch(port, password, args, env) {
  const program = process.env.REDIS_SERVER || 'redis-server';
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    tempDir(),
  ];
  if (password) settings.push('--requirepass', password);
  const server = spawn(program, [...settings, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why) => {
      clearTimeout(timer);
      server.kill('SIGKILL');
      reject(Object.assign(new Error(`${program} did not start: ${why}\n${output}`), { output }));
    };
    const timer = setTimeout(() => fail(`not ready after ${START_TIMEOUT} ms`), START_TIMEOUT);
    const read = (chunk) => {
      output += chunk;
      if (!output.includes(READY)) return;
      clearTimeout(timer);
      server.removeAllListeners();
      // Read on, or the server stops when the pipe is full.
      for (const stream of [server.stdout, server.stderr]) stream.off('data', read).resume();
      resolve(server);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('error', (error) =>
      fail(`${error.message}. These tests need a redis-server on the PATH, or its path in REDIS_SERVER.`),
    );
    server.once('exit', (code, signal) => fail(`it ended with ${signal || code}`));
  });
}

/**
 * Another process may take the port between the search and the start; then another port is
 * searched.
 */
async function launchOnFreePort(password, args, env) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, server: await launch(port, password, args, env) };
    } catch (error) {
      if (attempt === 5 || !/Address already in use/.test(error.output)) throw error;
    }
  }
}

async function connect(port, password) {
  const redis = new Redis({ host: '127.0.0.1', port, password, lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {}); // a server that a test stops is no news
  await redis.connect();
  return redis;
}

function ended(server) {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => server.once('exit', resolve));
}

/**
 * A redis of the test's own, without persistence or config file, on a free port of 127.0.0.1 (or on
 * `port`). `stop()` kills it as a crash would; `pause()` and `resume()` make it a server that takes
 * connections and is silent.
 */
async function startRedis({ password, args = [], port: wanted, env } = {}) {
  const { port, server } = wanted
    ? { port: wanted, server: await launch(wanted, password, args, env) }
    : await launchOnFreePort(password, args, env);
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  let redis;
  let stopping;
  const end = async () => {
    if (redis) redis.disconnect();
    process.removeListener('exit', kill);
    const gone = ended(server);
    kill();
    await gone;
  };
  const stop = () => {
    stopping ??= end();
    return stopping;
  };
  defer(stop);
  redis = await connect(port, password);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    password,
    redis,
    stop,
    pause: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
  };
}

/** How many connections there are to a redis. */
const connections = async (redis) => (await redis.client('LIST')).trim().split('\n').length;

/**
 * How often each command was called, by clients and scripts, since `CONFIG RESETSTAT`: { name:
 * count }.
 */
async function commandCalls(redis) {
  const stats = await redis.info('commandstats');
  return Object.fromEntries(
    [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, n]) => [name, Number(n)]),
  );
}

module.exports = { commandCalls, connections, startRedis };
