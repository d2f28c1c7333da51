// Is this token live? By so many calls in flight.

import { CONTESTANTS, turns } from '../contestants.mjs';
import { summarize } from '../statistics.mjs';
import { ceiling } from './ceiling.mjs';
import { serveAll } from './serve-all.mjs';

export async function measureChecks(redis, { inFlight, checks }) {
  const place = { url: redis.url, sku: redis.sku, tokens: redis.tokens, times: checks };
  const { present, absent, stop } = await serveAll('check', CONTESTANTS, place);
  const top = await ceiling(redis, checks);
  (top.absent ? absent : present).push(top);
  try {
    for (const level of inFlight) {
      console.error(`   ${level} in flight`);
      for (const { rounds, ask } of turns(present, checks.rounds)) {
        rounds[level] ??= [];
        rounds[level].push(await ask(level));
      }
    }
  } finally {
    await stop();
  }
  const measured = present.map(({ id, kind, title, rounds }) => ({ id, kind, title, levels: summarizeLevels(rounds) }));
  return [...measured, ...absent];
}

function summarizeLevels(rounds) {
  return Object.fromEntries(Object.entries(rounds).map(([level, measured]) => [level, summarize(measured)]));
}
