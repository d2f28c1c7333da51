// Is this token live? By so many calls in flight.

import { run } from '../children.mjs';
import { CONTESTANTS, turns } from '../contestants.mjs';
import { summarize } from '../statistics.mjs';
import { ceiling } from './ceiling.mjs';

export async function measureChecks(redis, { inFlight, checks }) {
  const contestants = [...CONTESTANTS, ceiling(redis)];
  const found = new Map(contestants.map(({ id }) => [id, []]));
  const absent = new Map();
  for (const contestant of turns(contestants, checks.rounds)) {
    const { id, title } = contestant;
    if (absent.has(id)) continue;
    console.error(`   ${title}`);
    const place = { url: redis.url, sku: redis.sku, tokens: redis.tokens };
    const measured = await (contestant.measure?.({ inFlight, checks }) ??
      run('check', { id, ...place, inFlight, times: checks }));
    if (measured.absent) absent.set(id, measured.absent);
    else found.get(id).push(measured);
  }
  return contestants.map(({ id, kind, title }) => {
    if (absent.has(id)) return { id, kind, title, absent: absent.get(id) };
    return { id, kind, title, levels: summarizeLevels(inFlight, found.get(id)) };
  });
}

function summarizeLevels(inFlight, rounds) {
  return Object.fromEntries(inFlight.map((level) => [level, summarize(rounds.map((round) => round[level]))]));
}
