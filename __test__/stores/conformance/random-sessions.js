'use strict';

const path = require('node:path');
const { createApp, everybody, generator, startFakeWeChat, startRedis, tempDir } = require('../../support');
const { slowProxy } = require('../../support/tcp-proxy');
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
 * Changes the sessions of many users at random, all at the same time, and compares each answer with
 * what a model of the sessions says.
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

/**
 * Tests of sessions that change at random, in each store that one process can have.
 *
 * @param size  of each test: its worlds, and their steps
 * @param limit for a busy machine, in milliseconds
 */
function randomSessions(size, limit) {
  test.each(['compatible', 'tagged'])(
    'sessions in redis (layout %s) are what the answers say they are',
    async (layout) => {
      const { url, port } = await startRedis();
      const slow = await slowProxy(port, 3);
      await randomly(
        [slow.url, url, url].map((one) => ({ url: one, layout })),
        size,
      );
    },
    limit,
  );

  test(
    'sessions in a file are what the answers say they are',
    async () => {
      const file = path.join(tempDir(), 'tokens.db');
      await randomly([{ file }, { file }, { file }], size);
    },
    limit,
  );

  test(
    'sessions in memory are what the answers say they are',
    async () => {
      await randomly(['memory'], size);
    },
    limit,
  );
}

module.exports = { randomSessions, randomly };
