// A route that answers a small JSON, guarded by a check.

import { run } from '../children.mjs';
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

async function measureFramework(framework, guards, { url, sku, tokens }, { rounds, warmUp, seconds, connections }) {
  const { present, absent, stop } = await serveAll('route', guards, { framework, url, sku });
  const load = (port, duration) =>
    run('load-route', { url: `http://127.0.0.1:${port}/`, tokens, connections, seconds: duration });
  const found = new Map(present.map(({ id }) => [id, []]));
  try {
    for (const { first } of present) await load(first.port, warmUp);
    for (const { id, first, ask } of turns(present, rounds)) {
      const before = await ask('cost');
      const { requests, perSecond, p50, p99 } = await load(first.port, seconds);
      const after = await ask('cost');
      const threadCpu = before.threadCpu === null ? null : (after.threadCpu - before.threadCpu) / requests;
      found.get(id).push({ perSecond, p50, p99, threadCpu, rss: after.rss });
    }
  } finally {
    await stop();
  }
  const measured = present.map(({ id, kind, title }) => ({ id, kind, title, ...summarize(found.get(id)) }));
  return [...measured, ...absent];
}
