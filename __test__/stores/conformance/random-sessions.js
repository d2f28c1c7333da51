'use strict';

const { createApp, everybody, generator, startFakeWeChat } = require('../../support');
const { BRIEF, LONG } = require('./session-witness');
const { createWorld } = require('./session-world');

// The idle time and the ttl are brief in some: then all that is issued is over after each expiry.
const POLICIES = [
  { sessions: { mode: 'shared' } },
  { sessions: { mode: 'shared', idle: 2 * LONG } },
  { sessions: { mode: 'shared' }, ttl: BRIEF },
  { sessions: { mode: 'shared', idle: BRIEF } },
  { sessions: { mode: 'each' } },
  { sessions: { mode: 'each', max: 3 } },
  { sessions: { mode: 'each', max: 2, idle: 2 * LONG } },
  { sessions: { mode: 'each', max: 3, idle: BRIEF } },
  { sessions: { mode: 'each', max: 1 }, ttl: BRIEF },
];

/**
 * Changes the sessions of many users at random, all at the same time, and compares each answer with what a model of the sessions
 * says.
 *
 * @param ways the options `tokens` by which objects reach one store
 */
async function randomly(ways, { worlds, steps }) {
  const { seed } = generator();
  const wechat = await startFakeWeChat();
  const places = POLICIES.map(({ sessions, ttl = 2 * LONG }) => {
    const apps = ways.map((tokens, i) => {
      const sku = i === 2 ? 'other' : 'shop';
      return { sku, app: createApp({ wechat, tokens, sku, ttl, db: everybody(), options: { sessions } }) };
    });
    const each = sessions.mode === 'each';
    const brief = ttl === BRIEF || sessions.idle === BRIEF;
    return { apps, policy: { wechat, each, max: sessions.max ?? Infinity, brief } };
  });
  const play = (i, name) => createWorld({ ...places[i % places.length], seed: seed + i, name }).run(steps);
  // For which the machine was too slow is played once more: the first ones to end make room.
  const runs = Array.from(
    { length: worlds },
    async (_, i) => (await play(i, `world ${i}, `)) || play(i, `again ${i}, `),
  );
  const judged = (await Promise.all(runs).catch(again(seed))).filter(Boolean);
  // Where the machine was too slow for nearly all of them, nothing was shown.
  expect(judged.length).toBeGreaterThan(worlds / 4);
  return judged;
}

const again = (seed) => (error) => {
  error.message = `SEED=${seed} repeats it: ${error.message}`;
  throw error;
};

module.exports = { randomly };
