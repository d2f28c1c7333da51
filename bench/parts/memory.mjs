// Whether RSS goes on growing.

import { run, serve } from '../children.mjs';
import { median, significant, trend } from '../statistics.mjs';

const WHAT = [
  // Allocates in JavaScript alone, so it shows what this way of looking takes for growth.
  { id: 'node_redis', title: 'checks, node_redis 2.8.0', control: true },
  { id: 'plain', title: 'checks, mpauthx' },
  { id: 'cached', title: 'checks, mpauthx, `cache: true`' },
  { id: 'login', title: 'logins, mpauthx' },
];

/**
 * The young part of V8's heap, which grows by steps of megabytes while much is allocated, has its
 * full size from the start: that growth is nobody's.
 */
const FLAGS = ['--expose-gc', '--min-semi-space-size=16', '--max-semi-space-size=16'];

export async function measureMemory(redis, { memory }) {
  const measured = [];
  let control = 0;
  for (const { id, title, control: isControl } of WHAT) {
    console.error(`   ${title}`);
    const calls = id === 'login' ? memory.logins : memory.checks;
    const rounds = [];
    for (let round = 0; round < memory.rounds; round += 1) rounds.push(await measureOne(id, redis, calls));
    const [{ absent }] = rounds;
    if (absent) {
      measured.push({ id, title, absent });
      continue;
    }
    const judged = judge(rounds, control);
    if (isControl) control = judged.most;
    measured.push({ id, title, calls, control: isControl ?? false, ...judged });
  }
  return measured;
}

async function measureOne(id, { url, sku, tokens }, calls) {
  // Logins of users who have never been there: twice as many, for only those after the first half
  // count.
  const wechat = id === 'login' ? await serve('wechat', { users: calls * 2 }) : undefined;
  try {
    return await run('grow', { id, url, sku, tokens, calls, wechat: wechat?.first }, FLAGS);
  } finally {
    await wechat?.stop();
  }
}

/**
 * The growth over the second half is the median of the rounds'. It can be told from noise where
 * every round grew, and the median round by more than twice what its samples stray from their line,
 * and by more than the control ever grew.
 */
function judge(rounds, control) {
  const trends = rounds.map(({ samples }) => trend(samples));
  const growth = median(trends.map(({ rise }) => rise));
  const noise = Math.max(median(trends.map(({ stray }) => stray)) * 2, control);
  const grows = trends.every(({ rise }) => rise > 0) && growth > noise;
  return {
    rss: significant(median(rounds.map(({ samples }) => samples.at(-1)))),
    growth: significant(growth),
    least: significant(Math.min(...trends.map(({ rise }) => rise))),
    most: significant(Math.max(...trends.map(({ rise }) => rise))),
    noise: significant(noise),
    grows,
  };
}
