// A route that answers a small JSON, guarded by a check.

import { run, serve } from '../children.mjs';
import { CONTESTANTS, turns } from '../contestants.mjs';
import { summarize } from '../statistics.mjs';

const FRAMEWORKS = ['express', 'fastify'];

const UNGUARDED = { id: 'unguarded', kind: 'unguarded', title: 'unguarded' };

export async function measureRoutes(redis, { routes }) {
  const guards = [UNGUARDED, ...CONTESTANTS.filter(({ kind }) => kind !== 'floor')];
  const measured = {};
  for (const framework of FRAMEWORKS) measured[framework] = await measureFramework(framework, guards, redis, routes);
  return measured;
}

async function measureFramework(framework, guards, redis, routes) {
  const found = new Map(guards.map(({ id }) => [id, []]));
  const absent = new Map();
  for (const { id, title } of turns(guards, routes.rounds)) {
    if (absent.has(id)) continue;
    console.error(`   ${framework}: ${title}`);
    const measured = await measureRoute(framework, id, redis, routes);
    if (measured.absent) absent.set(id, measured.absent);
    else found.get(id).push(measured);
  }
  return guards.map(({ id, kind, title }) => {
    if (absent.has(id)) return { id, kind, title, absent: absent.get(id) };
    return { id, kind, title, ...summarize(found.get(id)) };
  });
}

async function measureRoute(framework, id, { url, sku, tokens }, { warmUp, seconds, connections }) {
  const route = await serve('route', { framework, id, url, sku });
  try {
    const { port, absent } = route.first;
    if (absent) return { absent };
    const load = { url: `http://127.0.0.1:${port}/`, tokens, connections };
    await run('load-route', { ...load, seconds: warmUp });
    const before = await route.ask('cost');
    const { requests, perSecond, p50, p99 } = await run('load-route', { ...load, seconds });
    const after = await route.ask('cost');
    const threadCpu = before.threadCpu === null ? null : (after.threadCpu - before.threadCpu) / requests;
    return { perSecond, p50, p99, threadCpu, rss: after.rss };
  } finally {
    await route.stop();
  }
}
