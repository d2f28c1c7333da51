'use strict';

const {
  createApp,
  everybody,
  isValid,
  liveOf,
  login,
  refresh,
  startFakeWeChat,
  startRedis,
  writeLegacyToken,
} = require('../../support');

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

/** Every function that does something to sessions, once or more. */
async function work(app, redis, layout) {
  const one = await login(app, wechat, 'o1');
  expect(await login(app, wechat, 'o1')).toMatch(/^o1\|/);
  expect(await liveOf(app, [one])).toEqual([one]);
  const rotated = (await app.sessions.rotate(one)).token;
  expect(await liveOf(app, [one, rotated])).toEqual([one, rotated]);
  expect(await app.sessions.inspect(rotated)).toMatchObject({ userId: 'o1' });
  expect(await app.sessions.list('o1')).not.toEqual([]);
  expect(await app.sessions.revoke(rotated)).toBe(true);
  expect(await liveOf(app, [one, rotated])).toEqual([]);
  const next = await refresh(app, 'o1');
  expect(await liveOf(app, [rotated, next])).toEqual([next]);
  expect(await app.sessions.revokeUser('o1')).toBe(1);
  expect(await isValid(app, next)).toBe(false);
  if (layout === 'compatible') {
    const legacy = await writeLegacyToken(redis, 'o2', 'shop', { ttl: 100 });
    expect(await isValid(app, legacy)).toBe(true);
    await refresh(app, 'o2');
    expect(await isValid(app, legacy)).toBe(false);
  }
  expect((await app.health()).tokens).toMatchObject({ ready: true });
}

/** As proxies do that shard: they do not know the command. */
describe.each(['SCRIPT', 'EVALSHA'])('where %s is refused', (command) => {
  describe.each(['compatible', 'tagged'])('everything works (layout %s)', (layout) => {
    test.each([
      ['by default', undefined],
      ['with an idle limit', { idle: 3600 }],
      ['with sessions for each login', { mode: 'each', max: 3 }],
      ['with an idle limit and sessions for each login', { mode: 'each', idle: 3600 }],
    ])('%s', async (_how, sessions) => {
      const server = await startRedis({ args: ['--rename-command', command, ''] });
      const tokens = { url: server.url, layout };
      await work(createApp({ wechat, db: everybody(), tokens, options: { sessions } }), server.redis, layout);
    });
  });
});
