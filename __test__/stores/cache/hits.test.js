'use strict';

const { issue, isValid, liveOf, newUser, pause, setting, until } = require('../../support');
const { LONG, cached, cachedToken, readingsDuring, trackers } = require('./support');

describe.each(['compatible', 'tagged'])('a cache over redis (layout %s)', (layout) => {
  const here = setting();
  const open = (cache, { sessions, ttl, ...given } = {}) =>
    here.open({ ttl, tokens: { url: here.server.url, layout }, options: { cache, sessions }, ...given });
  const checks = (app, tokens) => readingsDuring(here.redis, () => liveOf(app, tokens));

  test('answers without asking redis', async () => {
    const app = open(LONG);
    const token = await cachedToken(app, here.redis, newUser());
    expect(
      await readingsDuring(here.redis, async () => {
        for (let i = 0; i < 100; i += 1) expect(await app.isTokenValid(token)).toBeUndefined();
      }),
    ).toBe(0);
  });

  test('is not there without the option', async () => {
    for (const cache of [undefined, null, false]) {
      const app = open(cache);
      const token = await issue(app, newUser());
      expect(await readingsDuring(here.redis, () => Promise.all(Array(5).fill(isValid(app, token))))).toBeGreaterThan(
        0,
      );
      for (let i = 0; i < 5; i += 1) expect(await checks(app, [token])).toBe(1);
      expect(await trackers(here.redis)).toEqual([]);
      await app.close();
    }
  });

  test('asks again after maxAge', async () => {
    const app = open({ maxAge: 50 });
    const token = await issue(app, newUser());
    await until(async () => (await trackers(here.redis)).length > 0);
    for (let i = 0; i < 3; i += 1) {
      await pause(60);
      expect(await checks(app, [token])).toBe(1);
    }
  });

  test('has a maxAge of a second where none is said', async () => {
    for (const cache of [true, {}, { maxAge: null }]) {
      const app = open(cache);
      const token = await cachedToken(app, here.redis, newUser());
      await pause(1100);
      expect(await checks(app, [token])).toBe(1);
      await app.close();
    }
  });

  test('holds maxTokens, those that were used last', async () => {
    const app = open({ ...LONG, maxTokens: 10 });
    const tokens = [];
    for (let i = 0; i < 30; i += 1) tokens.push(await cachedToken(app, here.redis, newUser()));
    const last = tokens.slice(-10);
    expect(await checks(app, last)).toBe(0);
    expect(await checks(app, tokens.slice(0, 20))).toBe(20);
    expect(await checks(app, last)).toBe(10);
  });

  test('keeps nothing that is not live', async () => {
    const app = open(LONG);
    const token = await cachedToken(app, here.redis, newUser());
    const other = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
    for (let i = 0; i < 3; i += 1) expect(await checks(app, [other, 'garbage', '', `${token}0`])).toBe(1);
    const later = await issue(app, newUser());
    await app.sessions.revoke(later);
    expect(await isValid(app, later)).toBe(false);
    for (let i = 0; i < 3; i += 1) expect(await checks(app, [later])).toBe(1);
  });

  test('keeps an old token in its grace and the new one each for what it is', async () => {
    const app = open(LONG, { sessions: { mode: 'each' } });
    const old = await cachedToken(app, here.redis, newUser());
    const next = (await app.sessions.rotate(old, { grace: 600 })).token;
    await cached(app, here.redis, next);
    expect(await liveOf(app, [old, next])).toEqual([old, next]);
    expect(await checks(app, [old])).toBeGreaterThan(0);
    await app.sessions.revoke(next);
    expect(await liveOf(app, [old, next])).toEqual([]);
  });

  test('checks that hit it count as use', async () => {
    const app = open(LONG, { sessions: { idle: 2 }, ttl: 1000 });
    const token = await issue(app, newUser());
    for (let i = 0; i < 60; i += 1) {
      await pause(60);
      expect(await isValid(app, token)).toBe(true);
    }
    // Unused, it ends.
    await pause(2500);
    expect(await isValid(app, token)).toBe(false);
  });

  test('has no effect on what the other functions say', async () => {
    const app = open(LONG, { sessions: { mode: 'each' } });
    const user = newUser();
    const token = await cachedToken(app, here.redis, user);
    expect(await app.sessions.inspect(token)).toMatchObject({ userId: user });
    await here.redis.flushall();
    expect(await app.sessions.inspect(token)).toBeNull();
    expect(await app.sessions.list(user)).toEqual([]);
    expect(await app.sessions.revoke(token)).toBe(false);
  });
});
