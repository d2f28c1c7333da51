// A route that answers a small JSON, guarded by a check.

import { serve } from '../children.mjs';
import { CONTESTANTS, turns } from '../contestants.mjs';
import { summarize } from '../statistics.mjs';
import { serveAll } from './serve-all.mjs';

const FRAMEWORKS = ['express', 'fastify'];

const UNGUARDED = { id: 'unguarded', kind: 'unguarded', title: 'unguarded' };

export async function measureRoutes(redis, { routes }) {
  const guards = [UNGUARDED, ...CONTESTANTS];
  const measured = {};
  for (const framework of FRAMEWORKS) {
    console.error(`   ${framework}`);
    measured[framework] = await measureFramework(framework, guards, redis, routes);
  }
  return measured;
}

/**
 * How large the young part of its heap grows is a matter of luck, and makes a server faster or
 * slower by a tenth for as long as it runs: so everybody has several processes, one after the
 * other, among which the rounds are divided.
 */
async function measureFramework(framework, guards, redis, routes) {
  const found = new Map();
  let absent;
  for (let process = 0; process < routes.processes; process += 1) {
    const { measured, ...others } = await measureProcesses(framework, guards, redis, routes);
    absent ??= others.absent;
    for (const { id, kind, title, rounds } of measured) {
      if (!found.has(id)) found.set(id, { id, kind, title, rounds: [] });
      found.get(id).rounds.push(...rounds);
    }
  }
  const measured = [...found.values()].map(({ rounds, ...contestant }) => ({ ...contestant, ...summarize(rounds) }));
  return [...measured, ...absent];
}

async function measureProcesses(framework, guards, { url, sku, tokens }, { rounds, processes, ...load }) {
  const { present, absent, stop } = await serveAll('route', guards, { framework, url, sku });
  const client = await serve('load-route', { tokens, connections: load.connections });
  const send = (port, seconds) => client.ask({ url: `http://127.0.0.1:${port}/`, seconds });
  const measured = present.map(({ id, kind, title }) => ({ id, kind, title, rounds: [] }));
  try {
    for (const { first } of present) await send(first.port, load.warmUp);
    for (const each of turns(present, Math.ceil(rounds / processes))) {
      const before = await each.ask('cost');
      const { requests, perSecond, p50, p99 } = await send(each.first.port, load.seconds);
      const after = await each.ask('cost');
      const threadCpu = before.threadCpu === null ? null : (after.threadCpu - before.threadCpu) / requests;
      measured[present.indexOf(each)].rounds.push({ perSecond, p50, p99, threadCpu, rss: after.rss });
    }
  } finally {
    await client.stop();
    await stop();
  }
  return { measured, absent };
}
