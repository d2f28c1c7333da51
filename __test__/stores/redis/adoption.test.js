'use strict';

const { isValid, liveOf, login, refresh, rejection, setting, writeLegacyToken } = require('../../support');
const { adopted, isAdopted, records } = require('./support');

// Ids and skus in which redis would read more than stands there.
const WILD = ['a*', 'a?c', '[abc]', 'a\\*', '*'];

describe('tokens that 1.3.2 wrote', () => {
  const here = setting();
  const legacy = (user, given, sku = 'shop') => writeLegacyToken(here.redis, user, sku, given);

  test('are valid, before and after they are adopted', async () => {
    const token = await legacy('o1');
    const app = here.open();
    expect(await isValid(app, token)).toBe(true);
    await login(app, here.wechat, 'o2'); // finds none, so all are looked for
    await adopted(here.redis);
    expect(await isValid(app, token)).toBe(true);
  });

  test('are what the first login of a new object gives', async () => {
    const token = await legacy('o1');
    expect(await login(here.open(), here.wechat, 'o1')).toBe(token);
    expect(await records(here.redis, 'o1')).toEqual([token]);
  });

  test('are replaced by a refresh, however many there are', async () => {
    const tokens = [await legacy('o1'), await legacy('o1'), await legacy('o1')];
    const other = await legacy('o2');
    const app = here.open();
    expect(tokens).toContain(await login(app, here.wechat, 'o1'));
    expect(await liveOf(app, tokens)).toEqual(tokens);

    const token = await refresh(app, 'o1');
    expect(await liveOf(app, [...tokens, token, other])).toEqual([token, other]);
    expect(await records(here.redis, 'o1')).toEqual([token]);
    expect(await login(app, here.wechat, 'o2')).toBe(other);
  });

  test('are refused after a refresh that was the first call of all', async () => {
    const tokens = [await legacy('o1'), await legacy('o1')];
    const app = here.open();
    const token = await refresh(app, 'o1');
    expect(await liveOf(app, [...tokens, token])).toEqual([token]);
    await login(app, here.wechat, 'o2'); // what was met on sight has taken the marker away, maybe for the last time
    await adopted(here.redis);
    expect(await liveOf(app, [...tokens, token])).toEqual([token]);
    expect(await login(app, here.wechat, 'o1')).toBe(token);
  });

  test('keep the time that they have left', async () => {
    const token = await legacy('o1', { ttl: 1000 });
    const app = here.open();
    await login(app, here.wechat, 'o1');
    await isValid(app, token);
    const left = await here.redis.ttl(token);
    expect(left).toBeGreaterThan(900);
    expect(left).toBeLessThanOrEqual(1000);
  });

  test('without a TTL are honoured, and replaced', async () => {
    const token = await legacy('o1', { ttl: null });
    const app = here.open();
    expect(await login(app, here.wechat, 'o1')).toBe(token);
    expect(await isValid(app, token)).toBe(true);
    const next = await refresh(app, 'o1');
    expect(await liveOf(app, [token, next])).toEqual([next]);
    expect(await records(here.redis, 'o1')).toEqual([next]);
  });

  test('of a clock that is ahead do not take those with them that are issued after an end of all', async () => {
    const app = here.open();
    const ahead = await legacy('o1', { ctime: Date.now() + 3600000 });
    expect(await isValid(app, ahead)).toBe(true);
    await app.sessions.revokeUser('o1');
    const next = await legacy('o1', { ctime: Date.now() + 10000 });
    expect(await liveOf(app, [ahead, next])).toEqual([next]);
  });

  test('that an administrator deletes are not valid and not given again', async () => {
    const tokens = [await legacy('o1'), await legacy('o2')];
    const app = here.open();
    expect(await login(app, here.wechat, 'o1')).toBe(tokens[0]);
    await adopted(here.redis);
    await here.redis.del(...tokens);
    expect(await liveOf(app, tokens)).toEqual([]);
    for (const user of ['o1', 'o2']) expect(tokens).not.toContain(await login(app, here.wechat, user));
  });

  test.each(WILD)('of a user or sku named %s are found, and nobody else gets them', async (wild) => {
    const ofUser = await legacy(wild);
    const ofSku = await legacy('abc', {}, wild);
    const [shop, odd] = [here.open(), here.open({ sku: wild })];
    expect(await login(shop, here.wechat, wild)).toBe(ofUser);
    expect(await login(odd, here.wechat, 'abc')).toBe(ofSku);
    expect([ofUser, ofSku]).not.toContain(await login(shop, here.wechat, 'abc'));
    expect([ofUser, ofSku]).not.toContain(await login(odd, here.wechat, wild));
  });

  test.each(WILD)('of others outlive the refresh of a user or sku named %s', async (wild) => {
    const tokens = [
      await legacy('abc'),
      await legacy('a*c'),
      await legacy('abc', {}, 'abc'),
      await legacy('o1', {}, 'a*c'),
    ];
    const [shop, odd] = [here.open(), here.open({ sku: wild })];
    await refresh(shop, wild);
    await refresh(odd, 'abc');
    await refresh(odd, 'o1');
    expect(await liveOf(shop, tokens)).toEqual(tokens);
  });

  test('of another sku are not listed under this one', async () => {
    const other = await legacy('o1', {}, 'shop|2');
    const app = here.open();
    const token = await login(app, here.wechat, 'o1');
    expect(token).not.toBe(other);
    await refresh(app, 'o1');
    expect(await isValid(app, other)).toBe(true);
    expect(await login(here.open({ sku: 'shop|2' }), here.wechat, 'o1')).toBe(other);
  });

  test('look-alikes in redis are no tokens, do no harm and stay', async () => {
    const hex = 'ab'.repeat(32);
    await here.redis.set(`o1|shop|${hex}`, 'a string');
    await here.redis.hset('o2|shop|short', 'ctime', '1700000000000');
    await here.redis.hset(`o3|shop|${hex}`, 'other', 'field');
    await here.redis.hset(`o4|shop|${hex.toUpperCase()}`, 'ctime', '1700000000000');
    await here.redis.hset('some:other:hash', 'ctime', '1700000000000');
    const keys = (await here.redis.keys('*')).sort();

    const app = here.open();
    for (const user of ['o1', 'o2', 'o3', 'o4']) {
      const token = await login(app, here.wechat, user);
      expect(keys).not.toContain(token);
    }
    await adopted(here.redis);
    for (const key of keys) expect(await rejection(app.isTokenValid(key))).toBeUndefined();
    for (const user of ['o1', 'o2', 'o3', 'o4']) await refresh(app, user);
    expect(await here.redis.exists(...keys)).toBe(keys.length);
    expect(await here.redis.type(keys.find((key) => key.startsWith('o1|')))).toBe('string');
  });

  test('that appear later are adopted on sight, and their siblings are found by the next login', async () => {
    const app = here.open();
    await login(app, here.wechat, 'o0');
    await adopted(here.redis);

    const [seen, sibling, other] = [await legacy('o1'), await legacy('o1'), await legacy('o2')];
    expect(await isValid(app, seen)).toBe(true);
    expect(await login(app, here.wechat, 'o2')).toBe(other);
    expect([seen, sibling]).toContain(await login(app, here.wechat, 'o1'));
    await adopted(here.redis);
    const token = await refresh(app, 'o1');
    expect(await liveOf(app, [seen, sibling, token, other])).toEqual([token, other]);
  });

  test('a token seen of 1.3.2 takes the marker away', async () => {
    const app = here.open();
    await login(app, here.wechat, 'o0');
    await adopted(here.redis);
    const token = await legacy('o1');
    expect(await isValid(app, token)).toBe(true);
    expect(await isAdopted(here.redis)).toBe(false);
  });
});
