'use strict';

const { isValid, liveOf, login, refresh, setting, until, writeLegacyToken } = require('../../support');
const { adopted, records, sinceKey } = require('./support');

const TTL = 5000;

describe('going back to 1.3.2 and coming again', () => {
  const here = setting();
  const legacy = (user, given) => writeLegacyToken(here.redis, user, 'shop', given);

  /**
   * What 1.3.2 does in a refresh: it deletes all that it sees of the user and sku, and writes one
   * token.
   */
  async function legacyRefresh(user) {
    const keys = await records(here.redis, user);
    if (keys.length > 0) await here.redis.del(...keys);
    return legacy(user);
  }

  /** An object that runs, adopts and is closed again. */
  async function upgrade(work) {
    const app = here.open({ ttl: TTL });
    const result = await work(app);
    await adopted(here.redis);
    await app.close();
    return result;
  }

  test('a token is for 1.3.2 what its own are: a hash of its name, with ctime and a TTL, one per user and sku', async () => {
    const before = Date.now();
    const token = await upgrade(async (app) => {
      await login(app, here.wechat, 'o1');
      await refresh(app, 'o1');
      return login(app, here.wechat, 'o1');
    });
    expect(await here.redis.keys('o1|shop|*')).toEqual([token]);
    expect(await here.redis.type(token)).toBe('hash');
    const { ctime } = await here.redis.hgetall(token);
    expect(ctime).toMatch(/^\d{13}$/);
    expect(Number(ctime)).toBeGreaterThanOrEqual(before - 1);
    expect(Number(ctime)).toBeLessThanOrEqual(Date.now() + 1);
    const left = await here.redis.ttl(token);
    expect(left).toBeGreaterThan(TTL - 100);
    expect(left).toBeLessThanOrEqual(TTL);
  });

  test('nothing but the token itself looks to 1.3.2 like a token', async () => {
    const token = await upgrade((app) => login(app, here.wechat, 'o1'));
    const shaped = (await here.redis.keys('*')).filter((key) => key.split('|').length === 3);
    expect(shaped).toEqual([token]);
  });

  test('a token that 1.3.2 replaces is refused, and the one it issues is given', async () => {
    const token = await upgrade((app) => login(app, here.wechat, 'o1'));
    const issued = await legacyRefresh('o1');

    const app = here.open();
    expect(await liveOf(app, [token, issued])).toEqual([issued]);
    expect(await login(app, here.wechat, 'o1')).toBe(issued);
  });

  test('after upgrade, rollback, upgrade and refresh every older token is refused', async () => {
    const first = await legacy('o1');
    const second = await upgrade(async (app) => {
      expect(await login(app, here.wechat, 'o1')).toBe(first);
      return refresh(app, 'o1');
    });
    const meanwhile = [await legacy('o1'), await legacy('o1', { ttl: null }), await legacy('o1')];

    const app = here.open();
    const token = await refresh(app, 'o1');
    expect(await liveOf(app, [first, second, ...meanwhile, token])).toEqual([token]);
    expect(await login(app, here.wechat, 'o1')).toBe(token);
    await until(async () => (await records(here.redis, 'o1')).length === 1);
    expect(await records(here.redis, 'o1')).toEqual([token]);
  });

  test('the refresh needs no walk for that', async () => {
    await upgrade((app) => login(app, here.wechat, 'o1'));
    const meanwhile = await legacy('o1');
    await here.redis.config('RESETSTAT');
    const app = here.open();
    await refresh(app, 'o1');
    expect(await isValid(app, meanwhile)).toBe(false);
    expect(await here.redis.info('commandstats')).not.toMatch(/cmdstat_(scan|keys):/);
  });

  describe('a token that a node of 1.3.2 issues beside the refresh', () => {
    const now = () => Date.now();

    test.each([
      ['long before', () => now() - 86400000],
      ['just before', () => now() - 50],
    ])('%s it is refused and deleted, and no login gives it', async (_when, ctime) => {
      const app = here.open();
      const token = await refresh(app, 'o1');
      const old = await legacy('o1', { ctime: ctime() });
      expect(await isValid(app, old)).toBe(false);
      await until(async () => !(await here.redis.exists(old)));
      expect(await login(app, here.wechat, 'o1')).toBe(token);
    });

    test('clearly after it is honoured', async () => {
      const app = here.open();
      await refresh(app, 'o1');
      const later = await legacy('o1', { ctime: now() + 20000 });
      expect(await isValid(app, later)).toBe(true);
    });

    test('for another user or another sku is honoured', async () => {
      const app = here.open();
      await refresh(app, 'o1');
      const others = [
        await legacy('o2', { ctime: now() - 1000 }),
        await writeLegacyToken(here.redis, 'o1', 'other', { ctime: now() - 1000 }),
      ];
      expect(await liveOf(app, others)).toEqual(others);
    });

    test('is refused by every object, also by one of another sku', async () => {
      await refresh(here.open(), 'o1');
      const old = await legacy('o1', { ctime: now() - 1000 });
      expect(await isValid(here.open({ sku: 'other' }), old)).toBe(false);
    });
  });

  test('the walk does not bring back what a refresh has ended', async () => {
    await upgrade((app) => refresh(app, 'o1'));
    const old = await legacy('o1', { ctime: Date.now() - 1000 });
    const witness = await legacy('o2');
    const app = here.open();
    expect(await isValid(app, witness)).toBe(true); // takes the marker away
    await login(app, here.wechat, 'o3'); // walks
    await adopted(here.redis);
    expect(await isValid(app, old)).toBe(false);
    expect(await login(app, here.wechat, 'o1')).not.toBe(old);
  });

  test('the time of a refresh is remembered for a year: longer than what 1.3.2 may have left lives', async () => {
    const year = 366 * 24 * 60 * 60;
    await upgrade((app) => refresh(app, 'o1'));
    const left = await here.redis.ttl(sinceKey('o1'));
    expect(left).toBeGreaterThan(year - 100);
    expect(left).toBeLessThanOrEqual(year);
  });
});
