'use strict';

const { createApp, everybody, generator, startFakeWeChat, startRedis } = require('../../support');
const { chaosProxy } = require('./chaos-proxy');
const { history, startLoad, users, verify } = require('./load');
const { disorder } = require('./order');

/**
 * How long a call waits for an answer that was lost, in milliseconds: the default would make up
 * most of the test.
 */
const DEADLINE = 1500;

describe.each(['compatible', 'tagged'])('a way to redis that delays, cuts and loses answers (layout %s)', (layout) => {
  let server;
  let wechat;
  beforeAll(async () => {
    server = await startRedis();
    wechat = await startFakeWeChat();
  });
  beforeEach(() => server.redis.flushall());

  test.each([1, 2])(
    'leaves no call open, one live token a user, and nothing without an end (%d)',
    async () => {
      const random = generator();
      try {
        const proxy = await chaosProxy(server.port, random);
        const app = createApp({ wechat, tokens: { url: proxy.url, layout, deadline: DEADLINE }, db: everybody() });
        const pasts = users(12, 'c').map((user) => history(user));
        const load = startLoad(app, wechat, pasts);
        // Until everything has happened that is to be survived.
        do await load.answers(100);
        while (['delay', 'cut', 'drop'].some((what) => proxy.counts[what] === 0));
        proxy.calm();
        await load.answers(1); // whoever waits for a lost answer has waited enough
        const seen = await load.stop();

        expect(seen.wrong).toEqual([]);
        for (const failure of seen.failures) expect(failure).toMatch(/redis/);
        expect(await verify(app, wechat, pasts)).toEqual([]);
        expect(await disorder([server])).toEqual([]);
      } catch (error) {
        error.message += `\nSEED=${random.seed}`;
        throw error;
      }
    },
    60000,
  );
});
