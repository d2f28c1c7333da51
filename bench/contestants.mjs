// Who is measured. Each has a file in contestants/ whose `open({ url, sku })` gives
// `{ check, close }`: `check(token)` is a promise that rejects where the token is not live. With
// `auth`, routes are guarded by the package's own guards, which ask that object; else by a guard of
// the benchmark's, written by hand around `check`.

import { readFileSync } from 'node:fs';

/**
 * `kind`: 'ours'; 'client', which asks redis at each check; 'stale', which may call a token live
 * that is not; 'floor', which knows nothing and is what any synchronous check costs at least.
 * redis-benchmark, the ceiling, is no Node program: see parts/ceiling.mjs.
 */
export const CONTESTANTS = [
  { id: 'plain', kind: 'ours', title: 'mpauthx' },
  { id: 'threads', kind: 'ours', title: 'mpauthx, through its threads alone' },
  { id: 'older', kind: 'ours', title: 'mpauthx, tokens older than `ttl`' },
  { id: 'cached', kind: 'ours', title: 'mpauthx, `cache: true`' },
  { id: 'verify', kind: 'ours', title: 'mpauthx, `verify`' },
  { id: 'verify-cached', kind: 'ours', title: 'mpauthx, `verify`, `cache: true`' },
  { id: 'node_redis', kind: 'client', package: 'node_redis', as: 'node_redis', note: "1.3.2's client" },
  { id: 'node-redis', kind: 'client', package: 'redis', as: 'node-redis' },
  { id: 'ioredis', kind: 'client', package: 'ioredis', as: 'ioredis', note: 'autopipelining' },
  { id: 'valkey-glide', kind: 'client', package: '@valkey/valkey-glide', as: 'valkey-glide' },
  { id: 'ioredis-lru', kind: 'stale', package: 'ioredis', as: 'ioredis', note: 'behind lru-cache, stale for 1 s' },
  { id: 'floor', kind: 'floor', title: 'empty crossing' },
].map((contestant) => ({ ...contestant, title: contestant.title ?? titleOf(contestant) }));

function titleOf({ package: name, as, note }) {
  const { version } = JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8'));
  return [`${as} ${version}`, note].filter(Boolean).join(', ');
}

/**
 * Everyone has a turn in every round, each time in another order: what the one before leaves the
 * machine in, such as which core redis runs on, is nobody's advantage.
 */
export function* turns(contestants, rounds) {
  for (let round = 0; round < rounds; round += 1) yield* shuffled(contestants);
}

function shuffled(list) {
  const order = [...list];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** In a child: the contestant at work, or `{ absent }`, which says why it cannot be. */
export async function open(id, place) {
  try {
    const { open: begin } = await import(`./contestants/${id}.mjs`);
    return await begin(place);
  } catch (error) {
    return { absent: error.message.split('\n', 1)[0] };
  }
}
