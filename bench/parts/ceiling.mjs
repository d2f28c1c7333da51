// What redis itself can do: redis-benchmark, which reads no reply, over one connection like
// everybody else.

import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** Guesses of how many it can do in a second, for runs of about the wanted time. */
const RATE = { 1: 30_000, 2: 60_000, 4: 100_000, 8: 160_000, 32: 400_000, 256: 800_000, 1024: 900_000 };

/** redis-benchmark puts twelve digits of a random number there. */
const RANDOM = '__rand_int__';

export async function ceiling(redis, { throughput }) {
  const known = { id: 'redis-benchmark', kind: 'ceiling', title: 'redis-benchmark, pipelined' };
  const program = findProgram(redis.program);
  if (!program) return { ...known, absent: 'no redis-benchmark on PATH' };
  const { token, count } = await prepare(redis);

  async function ask(inFlight) {
    const requests = Math.ceil(((RATE[inFlight] ?? 500_000) * throughput) / 1000);
    const args = [
      '-u',
      withUser(redis.url),
      '-c',
      '1',
      '-P',
      inFlight,
      '-n',
      requests,
      '-r',
      count,
      '--csv',
      '--precision',
      '3',
    ];
    const { stdout } = await promisify(execFile)(program, [...args, 'HMGET', token, 'ctime', 'v'].map(String));
    return read(stdout);
  }

  return { ...known, ask, rounds: {} };
}

/** redis-benchmark takes an empty name for a user's, the clients for the default user's. */
function withUser(text) {
  const url = new URL(text);
  if (url.password && !url.username) url.username = 'default';
  return url.href;
}

function findProgram(server) {
  const beside = server ? [path.join(path.dirname(server), 'redis-benchmark')] : [];
  return [...beside, 'redis-benchmark', 'valkey-benchmark'].find(
    (file) => spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0,
  );
}

/** Tokens like the others', but for names that redis-benchmark can make up. */
async function prepare({ client, sku, tokens }) {
  const name = (digits) => `o-bench-${'0'.repeat(20)}|${sku}|${'f'.repeat(52)}${digits}`;
  const writes = client.pipeline();
  for (let i = 0; i < tokens.length; i += 1) {
    writes.hset(name(String(i).padStart(12, '0')), { ctime: Date.now(), v: 2 });
  }
  await writes.exec();
  return { token: name(RANDOM), count: tokens.length };
}

/**
 * "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
 */
function read(csv) {
  const [, perSecond, , , p50, , p99] = csv
    .trim()
    .split('\n')
    .at(-1)
    .split('","')
    .map((text) => Number(text.replaceAll('"', '')));
  return { perSecond, threadCpu: null, processCpu: null, p50: p50 * 1000, p99: p99 * 1000, rss: null };
}
