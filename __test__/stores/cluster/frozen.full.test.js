'use strict';

const {
  createApp,
  everybody,
  isValid,
  login,
  refresh,
  startFakeWeChat,
  startRedis,
  until,
  within,
} = require('../../support');
const { LIMIT, users } = require('./load');
const { disorder } = require('./order');

const CALLS = 10000;
const BOUND = 65536;
const MEGABYTE = 1024 * 1024;

describe('a redis that is frozen', () => {
  let server;
  let wechat;
  beforeEach(async () => {
    server = await startRedis();
    wechat = await startFakeWeChat();
  });

  const outcome = (promise) =>
    promise.then(
      () => 'answered',
      (error) => error,
    );

  test(`lets ${CALLS} calls fail in time and in bounded memory, and the same object works when it thaws`, async () => {
    const app = createApp({ redis: server, wechat, db: everybody() });
    const names = users(50, 'f');
    const tokens = [];
    for (const name of names) tokens.push(await login(app, wechat, name));
    const logins = Array.from({ length: CALLS / 20 }, (_, i) => wechat.user({ openId: names[i % names.length] }));

    server.pause();
    const before = process.memoryUsage().rss;
    const calls = [];
    for (let i = 0; i < CALLS; i += 1) {
      if (i % 20 === 0) {
        const { code, encryptedData, iv } = logins[i / 20];
        calls.push(app.authorize(code, encryptedData, iv));
      } else if (i % 4 === 1) calls.push(app.refreshToken(names[i % names.length]));
      else calls.push(app.isTokenValid(tokens[i % tokens.length]));
    }
    const ends = await within(LIMIT + 3000, Promise.all(calls.map(outcome)), 'calls to a frozen redis');
    const grown = (process.memoryUsage().rss - before) / MEGABYTE;
    expect(ends).toHaveLength(CALLS);
    expect(ends.filter((end) => end?.code !== 6000)).toEqual([]);
    expect(new Set(ends.map((end) => end.constructor.name))).toEqual(new Set(['Error']));
    expect(grown).toBeLessThan(150);

    server.resume();
    const token = await until(() => login(app, wechat, 'f0').catch(() => null));
    expect(await isValid(app, token)).toBe(true);
    const next = await within(LIMIT, refresh(app, 'f0'), 'a refresh after the thaw');
    expect(await isValid(app, token)).toBe(false);
    expect(await isValid(app, next)).toBe(true);
    expect(await disorder([server])).toEqual([]);
  }, 60000);

  test(`refuses at once what exceeds ${BOUND} calls in flight, and takes calls again when those have ended`, async () => {
    // None may end while there are still calls to be made, which takes a busy machine seconds.
    const app = createApp({ tokens: { url: server.url, deadline: 10000 }, wechat, db: everybody() });
    const token = await login(app, wechat, 'o1');
    server.pause();
    const held = Array.from({ length: BOUND }, () => outcome(app.isTokenValid(token)));
    const refused = Array.from({ length: 100 }, () => outcome(app.isTokenValid(token)));
    let over = false;
    const all = Promise.all(held).then((ends) => {
      over = true;
      return ends;
    });
    for (const end of await Promise.all(refused)) {
      expect(end).toMatchObject({ code: 6000, message: expect.stringContaining(String(BOUND)) });
    }
    expect(over).toBe(false);
    const ends = await within(3 * LIMIT, all, 'the calls in flight');
    expect(ends.filter((end) => end?.code !== 6000)).toEqual([]);
    server.resume();
    await until(() => isValid(app, token).catch(() => false));
  }, 60000);
});
