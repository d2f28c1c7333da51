'use strict';

const { rejection, rejections, startRedis, until, within } = require('../../support');
const { ODD } = require('../../support/odd-values');
const { readingsDuring } = require('../../stores/cache/support');
const { DEAD, WRONG, failing, onEveryStore, open } = require('./support');

const HEX = '0a'.repeat(32);

onEveryStore((here, isShared) => {
  describe('verify', () => {
    test('resolves with the session, each time an object of its own', async () => {
      const auth = here.open({ ttl: 1000 });
      const start = Date.now();
      const { token, id } = await auth.login(here.code(), { device: 'phone' });
      const session = await auth.verify(token);
      expect(session).toStrictEqual({
        id,
        userId: 'o1',
        openId: 'o1',
        sku: 'shop',
        issuedAt: expect.any(Number),
        expiresAt: expect.any(Number),
        device: 'phone',
      });
      expect(Math.abs(session.issuedAt - start)).toBeLessThan(2000);
      session.userId = 'somebody else';
      expect(await auth.verify(token)).toMatchObject({ userId: 'o1' });
      expect(await auth.sessions.inspect(token)).toEqual({ ...session, userId: 'o1', expiresAt: expect.any(Number) });
    });

    test('rejects with an Error for whatever is not a live token', async () => {
      const auth = here.open();
      const { token } = await auth.login(here.code());
      const ended = (await auth.login(here.code())).token;
      await auth.sessions.revoke(ended);
      const dead = [ended, `o1|shop|${HEX}`, `${token} `, token.toUpperCase(), token.slice(1), `${token}\n${token}`];
      const long = `${'x'.repeat(440)}|shop|${HEX}`;
      for (const error of await rejections(
        ...[...dead, long, ...ODD.map((odd) => odd())].map((one) => auth.verify(one)),
      )) {
        expect(error).toMatchObject(DEAD);
        expect(error.headers).toEqual({ 'WWW-Authenticate': 'Bearer' });
      }
      expect(await auth.verify(token)).toMatchObject({ userId: 'o1' });
    });

    test('lets no other sku in, but those that are named', async () => {
      const auth = here.open();
      const { token } = await auth.login(here.code());
      expect(await rejection(auth.verify(token, { skus: ['other'] }))).toMatchObject(DEAD);
      expect(await auth.verify(token, { skus: ['other', 'shop'] })).toMatchObject({ sku: 'shop' });
      if (!isShared) return;
      const other = here.open({ sku: 'other' });
      expect(await rejection(other.verify(token))).toMatchObject(DEAD);
      expect(await other.verify(token, { skus: ['shop'] })).toMatchObject({ sku: 'shop' });
      expect(await other.sessions.inspect(token)).toBeNull();
      expect(await other.sessions.revoke(token)).toBe(false);
      expect(await rejection(other.sessions.rotate(token))).toMatchObject(DEAD);
      expect(await other.sessions.revoke(token, { skus: ['shop'] })).toBe(true);
    });

    test.each([
      [{ sku: ['shop'] }, /sku\b/],
      [{ skus: 'shop' }, /skus/],
      [{ skus: [] }, /skus/],
      [{ skus: [5] }, /skus/],
      [{ fresh: 'yes' }, /fresh/],
      ['shop', /options/],
      [[], /options/],
    ])('refuses the options %j', async (options, word) => {
      const auth = here.open();
      const { token } = await auth.login(here.code());
      const error = await rejection(auth.verify(token, options));
      expect(error).toMatchObject(WRONG);
      expect(error.message).toMatch(word);
    });

    test('counts as use', async () => {
      const auth = here.open({ sessions: { idle: 2 } });
      const { token } = await auth.login(here.code());
      const end = Date.now() + 3500;
      while (Date.now() < end) {
        expect(await auth.verify(token)).toMatchObject({ lastSeenAt: expect.any(Number) });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });

    test('answers many at once, each with its own session', async () => {
      const auth = here.open();
      const logins = await Promise.all(Array.from({ length: 50 }, (_, i) => auth.sessions.issue(`o${i}`)));
      const asked = logins.flatMap(({ token }, i) => [auth.verify(token), auth.verify(`o${i}|shop|${HEX}`)]);
      const found = await Promise.allSettled(asked);
      for (const [i, { id, userId }] of logins.entries()) {
        expect(found[2 * i].value).toMatchObject({ id, userId });
        expect(found[2 * i + 1].reason).toMatchObject(DEAD);
      }
    });

    test('is 6000, 503, when the object was closed', async () => {
      const auth = here.open();
      const { token } = await auth.login(here.code());
      await auth.close();
      expect(await rejection(auth.verify(token))).toMatchObject(failing(6000, 503));
      expect(await rejection(auth.verify('garbage'))).toMatchObject(DEAD);
    });

    test('takes null for options, or for one, as none', async () => {
      const auth = here.open();
      const { token } = await auth.login(here.code());
      for (const options of [null, undefined, {}, { skus: null, fresh: null }]) {
        expect(await auth.verify(token, options)).toMatchObject({ userId: 'o1' });
      }
    });
  });
});

describe('verify, with tokens in redis', () => {
  test('is 6000, 503, with one fixed sentence, when redis is away', async () => {
    const server = await startRedis();
    const auth = open({ tokens: { url: server.url, deadline: 500 } });
    const { token } = await auth.sessions.issue('o1');
    await server.stop();
    const error = await within(10000, rejection(auth.verify(token)));
    expect(error).toMatchObject({ ...failing(6000, 503), headers: { 'Retry-After': '5' }, expose: false });
    expect(error.message).toBe('The token store or the user table cannot be asked at the moment');
    expect(error.cause).toBeInstanceOf(Error);
    expect(error.cause.message).toMatch(/^Error: redis/);
    // Without asking:
    for (const bad of [`o1|shop|${HEX}x`, `${'x'.repeat(443)}|shop|${HEX}`, `${'微'.repeat(148)}|shop|${HEX}`]) {
      expect(await rejection(auth.verify(bad))).toMatchObject(DEAD);
    }
    expect(await rejection(auth.verify(`${'x'.repeat(442)}|shop|${HEX}`))).toMatchObject(failing(6000, 503));
  });

  test('answers from the cache, with an object of its own each time; `fresh` does not', async () => {
    const server = await startRedis();
    const auth = open({ tokens: server.url, cache: { maxAge: 600000 } });
    const { token, id } = await auth.sessions.issue('o1', { device: 'phone' });
    const given = await auth.verify(token);
    const first = { ...given };
    Object.assign(given, { userId: 'somebody else' }); // what is kept is not what was given
    await until(async () => (await readingsDuring(server.redis, () => auth.verify(token))) === 0);
    await server.redis.config('RESETSTAT');
    const again = await Promise.all(Array.from({ length: 100 }, () => auth.verify(token)));
    const { total_commands_processed: asked } = Object.fromEntries(
      (await server.redis.info('stats')).split('\r\n').map((line) => line.split(':')),
    );
    expect(Number(asked)).toBeLessThan(10);
    for (const session of again) expect(session).toEqual({ ...first, id });
    expect(new Set(again).size).toBe(100);
    server.pause();
    const slow = auth.verify(token, { fresh: true });
    expect(await auth.verify(token)).toMatchObject({ id });
    const answered = await Promise.race([slow, new Promise((resolve) => setTimeout(resolve, 100, 'not yet'))]);
    server.resume();
    expect(answered).toBe('not yet');
    expect(await slow).toMatchObject({ id });
    await auth.sessions.revoke(token);
    expect(await rejection(auth.verify(token))).toMatchObject(DEAD);
  });
});
