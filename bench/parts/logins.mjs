// A login and a refresh, with more and more foreign tokens in redis.

import { run, serve } from '../children.mjs';
import { fill } from '../foreign.mjs';
import { summarize } from '../statistics.mjs';

const WAYS = [
  { id: 'ours', title: 'mpauthx' },
  { id: 'keys', title: 'lookup by KEYS, as in 1.3.2' },
];

export async function measureLogins(redis, { logins }) {
  const wechat = await serve('wechat', {});
  const place = { url: redis.url, sku: redis.sku, wechat: wechat.first, duration: logins.duration };
  const found = logins.foreign.map((foreign) => ({ foreign, rounds: { ours: [], keys: [] } }));
  try {
    // Each round begins with none again: what slows the machine down for a while is not to slow one
    // amount alone.
    for (let round = 1; round <= logins.rounds; round += 1) {
      let held = 0;
      for (const { foreign, rounds } of found) {
        console.error(`   round ${round}, ${foreign} foreign tokens`);
        await fill(redis.client, held, foreign);
        held = foreign;
        for (const { id } of WAYS) rounds[id].push(await run('login', { ...place, id }));
      }
      await sweep(redis.client);
    }
  } finally {
    await wechat.stop();
  }
  return WAYS.map(({ id, title }) => ({
    id,
    title,
    levels: Object.fromEntries(found.map(({ foreign, rounds }) => [foreign, summarizeCalls(rounds[id])])),
  }));
}

function summarizeCalls(rounds) {
  return {
    authorize: summarize(rounds.map((round) => round.authorize)),
    refreshToken: summarize(rounds.map((round) => round.refreshToken)),
  };
}

async function sweep(client) {
  for await (const keys of client.scanStream({ match: 'o-foreign-*', count: 10_000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
}
