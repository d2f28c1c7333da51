'use strict';

const {
  issue,
  isValid,
  keep,
  listed,
  liveOf,
  login,
  NOT_LIVE,
  past,
  refresh,
  rotate,
  setting,
  writeLegacyToken,
} = require('../../support');
const { expectBetween } = require('../conformance/support');
const { adopted } = require('./support');

describe('tokens that 1.3.2 issued', () => {
  const here = setting();
  const legacy = (user, given, sku = 'shop') => writeLegacyToken(here.redis, user, sku, given);

  test('are inspected, before and after they are adopted', async () => {
    const start = Date.now();
    const token = await legacy('o1', { ctime: start - 5000, ttl: 1000 });
    const app = here.open();
    for (let i = 0; i < 2; i += 1) {
      const data = await app.sessions.inspect(token);
      expect(data).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        userId: 'o1',
        sku: 'shop',
        issuedAt: start - 5000,
        expiresAt: expect.any(Number),
      });
      expectBetween(data.expiresAt, start + 999000, Date.now() + 1000000);
      await login(app, here.wechat, 'o2'); // what was met on sight has taken the marker away, maybe after the walk
      await adopted(here.redis);
    }
  });

  test('without a TTL never end, and say so', async () => {
    const token = await legacy('o1', { ttl: null });
    const app = here.open();
    expect(await app.sessions.inspect(token)).toMatchObject({ expiresAt: null });
    expect(await app.sessions.list('o1')).toMatchObject([{ expiresAt: null }]);
    expect(await app.sessions.issue('o1')).toMatchObject({ token, expiresAt: null });
    expect(await app.sessions.revoke(token)).toBe(true);
    expect(await isValid(app, token)).toBe(false);
  });

  test('are listed by the first call of all, by age', async () => {
    const times = [3000, 1000, 2000];
    const tokens = [];
    for (const ago of times) tokens.push(await legacy('o1', { ctime: Date.now() - ago }));
    await legacy('o2');
    await legacy('o1', {}, 'other');
    expect(await listed(here.open(), 'o1')).toEqual([tokens[0], tokens[2], tokens[1]]);
  });

  test('of another sku are inspected and revoked where that is let in', async () => {
    const token = await legacy('o1', {}, 'other');
    const app = here.open();
    expect(await app.sessions.inspect(token)).toBeNull();
    expect(await app.sessions.inspect(token, { skus: ['other'] })).toMatchObject({ userId: 'o1', sku: 'other' });
    expect(await app.sessions.revoke(token)).toBe(false);
    expect(await app.sessions.revoke(token, { skus: ['other'] })).toBe(true);
    expect(await isValid(here.open({ sku: 'other' }), token)).toBe(false);
  });

  test.each(['the first call of all', 'a later call'])('are revoked one by one, by %s', async (when) => {
    const [token, other] = [await legacy('o1'), await legacy('o1')];
    const app = here.open();
    if (when === 'a later call') expect(await liveOf(app, [token, other])).toEqual([token, other]);
    expect(await app.sessions.revoke(token)).toBe(true);
    expect(await app.sessions.revoke(token)).toBe(false);
    expect(await liveOf(app, [token, other])).toEqual([other]);
    expect(await login(app, here.wechat, 'o1')).toBe(other);
    expect(await here.redis.exists(token)).toBe(0); // for a node of 1.3.2, too
  });

  test('are revoked with their user, and counted', async () => {
    const tokens = [await legacy('o1'), await legacy('o1', { ttl: null }), await legacy('o1')];
    const others = [await legacy('o2'), await legacy('o1', {}, 'other')];
    const app = here.open();
    expect(await app.sessions.revokeUser('o1')).toBe(3);
    expect(await liveOf(app, [...tokens, ...others])).toEqual(others);
    expect(await here.redis.exists(...tokens)).toBe(0);
    expect(await listed(app, 'o1')).toEqual([]);
  });

  test('that no index lists yet are refused after a revocation of their user', async () => {
    const app = here.open();
    await login(app, here.wechat, 'o0');
    await adopted(here.redis);
    // A node of 1.3.2 that still runs: nobody has seen these.
    const tokens = [
      await legacy('o1'),
      await legacy('o1', { ttl: null }),
      await legacy('o1', { ctime: 1500000000000 }),
    ];
    const other = await legacy('o2');
    await app.sessions.revokeUser('o1');
    expect(await liveOf(app, [...tokens, other])).toEqual([other]);
    for (const token of tokens) {
      expect(await app.sessions.inspect(token)).toBeNull();
      await expect(app.sessions.rotate(token)).rejects.toMatchObject(NOT_LIVE);
    }
    expect(tokens).not.toContain(await login(app, here.wechat, 'o1'));
  });

  test('that a node of 1.3.2 issues just before the revocation are refused by every object', async () => {
    await here.open().sessions.revokeUser('o1');
    const old = await legacy('o1', { ctime: Date.now() - 50 });
    expect(await isValid(here.open({ sku: 'other' }), old)).toBe(false);
    expect(await here.open().sessions.revoke(old)).toBe(false);
  });

  test('that it issues clearly later are honoured', async () => {
    const app = here.open();
    await app.sessions.revokeUser('o1');
    const later = await legacy('o1', { ctime: Date.now() + 20000 });
    expect(await isValid(app, later)).toBe(true);
  });

  test('of another sku are ended by allSkus where that sku is known', async () => {
    const [shop, other] = [here.open(), here.open({ sku: 'other' })];
    await issue(other, 'o0');
    await adopted(here.redis, 'other');
    const tokens = [await legacy('o1'), await legacy('o1', {}, 'other')];
    await shop.sessions.revokeUser('o1', { allSkus: true });
    expect(await liveOf(shop, tokens)).toEqual([]);
    expect(await liveOf(other, tokens)).toEqual([]);
  });

  describe('and that are rotated', () => {
    test('get a whole life, and the old one stays for its grace', async () => {
      const old = await legacy('o1', { ttl: 1000 });
      const app = here.open();
      const start = Date.now();
      const rotated = await app.sessions.rotate(old, { grace: 60 });
      const { expiresAt } = rotated;
      const token = keep(rotated);
      expectBetween(expiresAt, start + 259200000, Date.now() + 259200000);
      expect(await liveOf(app, [old, token])).toEqual([old, token]);
      expect(await listed(app, 'o1')).toEqual([token]);
      expect(await rotate(app, old)).toBe(token);
      expect(await login(app, here.wechat, 'o1')).toBe(token);
      await refresh(app, 'o1');
      expect(await liveOf(app, [old, token])).toEqual([]);
    });

    test.each([1000, null])('are no hash any more, so that 1.3.2 refuses them (ttl %p)', async (ttl) => {
      const old = await legacy('o1', { ttl });
      const token = await rotate(here.open(), old, { grace: 60 });
      // It takes any hash for a token, and finds tokens by their names.
      expect(await here.redis.type(old)).not.toBe('hash');
      expect(await here.redis.ttl(old)).not.toBe(-1);
      expect(await here.redis.type(token)).toBe('hash');
      expect(Object.keys(await here.redis.hgetall(token))).toContain('ctime');
    });

    test('end, used after the grace, what they became', async () => {
      const [old, other] = [await legacy('o1'), await legacy('o1')];
      const app = here.open();
      const token = await rotate(app, old, { grace: 1 });
      await past(1);
      expect(await isValid(app, old)).toBe(false);
      expect(await liveOf(app, [old, token, other])).toEqual([other]);
    });

    test('together with a walk that lists them are rotated once', async () => {
      for (let round = 0; round < 5; round += 1) {
        await here.redis.flushall();
        const old = await legacy('o1');
        const app = here.open(); // begins to walk
        const tokens = await Promise.all(Array.from({ length: 8 }, () => rotate(app, old, { grace: 60 })));
        expect(new Set(tokens).size).toBe(1);
        expect(await listed(app, 'o1')).toEqual([tokens[0]]);
        await app.close();
      }
    });
  });

  test('are what the first login by code gives, and the first sessions.issue', async () => {
    const tokens = [await legacy('o1'), await legacy('o2')];
    const app = here.open();
    const { code } = here.wechat.user({ openId: 'o1' });
    expect((await app.login(code, { device: 'phone' })).token).toBe(tokens[0]);
    expect(await app.sessions.inspect(tokens[0])).toMatchObject({ device: 'phone' });
    expect(await issue(here.open(), 'o2')).toBe(tokens[1]);
    expect(await listed(app, 'o2')).toEqual([tokens[1]]);
  });

  test('that appear later are what the next login by code gives, and the next sessions.issue', async () => {
    const app = here.open();
    await login(app, here.wechat, 'o0');
    await adopted(here.redis);
    const tokens = [await legacy('o1'), await legacy('o2'), await legacy('o3')];
    expect(await isValid(app, tokens[2])).toBe(true); // says that 1.3.2 runs somewhere
    expect((await app.login(here.wechat.user({ openId: 'o1' }).code)).token).toBe(tokens[0]);
    expect(await issue(app, 'o2')).toBe(tokens[1]);
  });

  test('are given an idle time by their use', async () => {
    const token = await legacy('o1');
    const app = here.open({ options: { sessions: { idle: 1 } } });
    for (let i = 0; i < 3; i += 1) await isValid(app, token);
    expect(await app.sessions.inspect(token)).toMatchObject({ lastSeenAt: expect.any(Number) });
    await past(1);
    expect(await isValid(app, token)).toBe(false);
  });

  test("in mode 'each' stay beside the new ones, and count for the maximum", async () => {
    const old = [await legacy('o1', { ctime: Date.now() - 2000 }), await legacy('o1', { ctime: Date.now() - 1000 })];
    const app = here.open({ options: { sessions: { mode: 'each', max: 3 } } });
    expect(await listed(app, 'o1')).toEqual(old); // adopts them
    const first = await issue(app, 'o1');
    expect(await listed(app, 'o1')).toEqual([...old, first]);
    const second = await issue(app, 'o1');
    expect(await liveOf(app, [...old, first, second])).toEqual([old[1], first, second]);
  });
});
