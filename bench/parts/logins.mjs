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
  const found = [];
  let held = 0;
  try {
    for (const foreign of logins.foreign) {
      console.error(`   ${foreign} foreign tokens`);
      await fill(redis.client, held, foreign);
      held = foreign;
      const rounds = { ours: [], keys: [] };
      for (let round = 0; round < logins.rounds; round += 1) {
        for (const { id } of WAYS) {
          const place = { url: redis.url, sku: redis.sku, wechat: wechat.first };
          rounds[id].push(await run('login', { id, ...place, duration: logins.duration }));
        }
      }
      found.push({ foreign, rounds });
    }
  } finally {
    await wechat.stop();
    // The parts that follow are to have the redis that those before had.
    await sweep(redis.client);
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
