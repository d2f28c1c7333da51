'use strict';

const path = require('node:path');
const {
  createApp,
  everybody,
  generator,
  isValid,
  login,
  pause,
  startFakeWeChat,
  startNode,
  startRedis,
} = require('../../support');
const { users } = require('./load');
const { disorder } = require('./order');

const ROUNDS = 200;
const AT_ONCE = 4;
const LONGEST_LIFE = 60; // ms

describe(`processes that are killed at a random instant, ${ROUNDS} times`, () => {
  let server;
  let wechat;
  beforeAll(async () => {
    server = await startRedis();
    wechat = await startFakeWeChat();
  });

  /**
   * Lets one process log in and refresh, and kills it; the tokens that it was given, of each user,
   * in order.
   */
  async function killed(names, random) {
    const people = names.map((user) => ({ user, call: wechat.user({ openId: user }) }));
    const config = { tokens: server.url, endpoint: wechat.endpoint, people };
    const busy = startNode(path.join(__dirname, 'killed.js'), { args: [JSON.stringify(config)] });
    await busy.line('\n');
    await pause(random.below(LONGEST_LIFE));
    busy.child.kill('SIGKILL');
    const { signal, stdout, stderr } = await busy.exit;
    expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
    const whole = stdout.slice(0, stdout.lastIndexOf('\n')).split('\n');
    return names.map((user) => whole.filter((token) => token.startsWith(`${user}|`)));
  }

  test('leave one live token a user, none without an end, and an index that agrees', async () => {
    const random = generator();
    const app = createApp({ redis: server, wechat, db: everybody() });
    let acknowledged = 0;
    let replaced = 0;
    try {
      for (let round = 0; round < ROUNDS; round += AT_ONCE) {
        const given = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => killed(users(3, `k${i}-`), random)));
        expect(await disorder([server])).toEqual([]);
        for (const tokens of given.flat()) {
          const last = tokens.pop();
          if (last === undefined) continue;
          acknowledged += 1;
          const ended = tokens.filter((token) => token !== last);
          expect(ended.length === 0 ? 0 : await server.redis.exists(...ended)).toBe(0);
          const [user] = last.split('|');
          const found = await login(app, wechat, user);
          expect(await isValid(app, found)).toBe(true);
          expect(await isValid(app, last)).toBe(found === last);
          if (found !== last) replaced += 1;
        }
      }
    } catch (error) {
      error.message += `\nSEED=${random.seed}`;
      throw error;
    }
    expect(acknowledged).toBeGreaterThan(ROUNDS);
    expect(replaced).toBeGreaterThan(0); // some died between a change and its answer
    expect(replaced).toBeLessThan(acknowledged);
  }, 180000);
});
