'use strict';

// An application that uses what 1.3.2 had leaves in redis what it left before there were sessions
// to see and to end, and one key more.

const { createApp, everybody, issue, isValid, listed, login, refresh, rotate, setting } = require('../../support');
const { adopted, ID_KEY, indexKey, markerKey, noteKey, sinceKey, taggedKeys } = require('./support');

const SKUS = 'mpauthx:skus';
const TIME = expect.stringMatching(/^\d{13}$/);
const RECORD = { ctime: TIME, v: '2', x: TIME };
/** The openid is kept as empty where it is the user's id. */
const OF_LOGIN = { ...RECORD, o: '' };

describe("1.3.2's functions alone", () => {
  const here = setting();
  const keys = async () => (await here.redis.keys('*')).sort();

  test('a login leaves a record of four fields, the index, the mark of the adoption and the skus', async () => {
    const token = await login(here.open(), here.wechat, 'o1');
    await adopted(here.redis);
    expect(await keys()).toEqual([token, indexKey('o1'), markerKey(), SKUS].sort());
    expect(await here.redis.hgetall(token)).toEqual(OF_LOGIN);
    for (const key of [token, indexKey('o1')]) {
      const left = await here.redis.ttl(key);
      expect(left).toBeGreaterThan(259100);
      expect(left).toBeLessThanOrEqual(259200);
    }
    const { ctime, x } = await here.redis.hgetall(token);
    expect(Number(x) - Number(ctime)).toBe(259200000);
    expect(await here.redis.zrange(indexKey('o1'), 0, -1, 'WITHSCORES')).toEqual([token, ctime]);
    expect(await here.redis.get(markerKey())).toBe('done');
    expect(await here.redis.smembers(SKUS)).toEqual(['shop']);
  });

  test('a login that finds its token, and a check, write nothing', async () => {
    const app = here.open();
    const token = await login(app, here.wechat, 'o1');
    await adopted(here.redis);
    const dump = async () => Promise.all((await keys()).map(async (key) => [key, await here.redis.dump(key)]));
    const before = await dump();
    await here.redis.config('RESETSTAT');
    expect(await login(app, here.wechat, 'o1')).toBe(token);
    expect(await isValid(app, token)).toBe(true);
    expect(await here.redis.info('commandstats')).not.toMatch(/cmdstat_(hset|pexpire|expire|zadd|zrem|sadd|set|del):/);
    expect(await dump()).toEqual(before);
  });

  test('a refresh leaves the time of it besides, and for a while why the old session ended', async () => {
    const app = here.open();
    const old = await login(app, here.wechat, 'o1');
    const token = await refresh(app, 'o1');
    await adopted(here.redis);
    expect(await keys()).toEqual([token, indexKey('o1'), noteKey(old), sinceKey('o1'), markerKey(), SKUS].sort());
    expect(await here.redis.hgetall(noteKey(old))).toEqual({ e: 'replaced' });
    expect(await here.redis.ttl(noteKey(old))).toBeGreaterThan(259100);
    expect(await here.redis.hgetall(token)).toEqual(RECORD);
    expect(await here.redis.get(sinceKey('o1'))).toMatch(/^\d{13}$/);
    expect(await here.redis.zrange(indexKey('o1'), 0, -1)).toEqual([token]);
  });

  test('the key of the skus is small: one member a sku, whatever the number of logins', async () => {
    const apps = [here.open(), here.open({ sku: 'other' }), here.open({ sku: '' })];
    for (let i = 0; i < 30; i += 1) await login(apps[i % 3], here.wechat, `o${i}`);
    expect((await here.redis.smembers(SKUS)).sort()).toEqual(['', 'other', 'shop']);
  });

  test('the tagged layout has the same fields', async () => {
    const tokens = { url: here.server.url, layout: 'tagged' };
    const app = createApp({ wechat: here.wechat, tokens, db: everybody() });
    const token = await login(app, here.wechat, 'o1');
    const record = `${indexKey('o1')}:${token.slice(-64)}`;
    expect(await keys()).toEqual([record, taggedKeys('o1').index, SKUS].sort());
    expect(await here.redis.hgetall(record)).toEqual(OF_LOGIN);
  });
});

describe('what is added, where it is used:', () => {
  const here = setting();

  test('a device is one field, an idle time another, and every key but the marks has an end', async () => {
    const app = here.open({ options: { sessions: { mode: 'each', max: 3, idle: 60 } } });
    let token = await issue(app, 'o1', { device: 'phone' });
    expect(await here.redis.hgetall(token)).toEqual({
      ...RECORD,
      d: 'phone',
      seen: TIME,
    });
    for (let i = 0; i < 5; i += 1) {
      await issue(app, 'o1');
      token = await rotate(app, token).catch(() => issue(app, 'o1'));
    }
    await app.sessions.revoke(token);
    await app.sessions.revokeUser('o2');
    for (const key of await here.redis.keys('*')) {
      const isMark = [SKUS, ID_KEY, markerKey()].includes(key);
      expect([key, (await here.redis.ttl(key)) > 0]).toEqual([key, !isMark]);
    }
  });

  test('of tokens that were revoked the time of it is left, and for a while the reason', async () => {
    const app = here.open({ options: { sessions: { mode: 'each' } } });
    const tokens = [];
    for (let i = 0; i < 3; i += 1) tokens.push(await issue(app, 'o1', { device: 'phone' }));
    for (const token of tokens) await app.sessions.revoke(token);
    tokens.push(...(await Promise.all([issue(app, 'o2'), issue(app, 'o2')])));
    expect(await app.sessions.revokeUser('o2')).toBe(2);
    await adopted(here.redis);
    const notes = tokens.map((token) => noteKey(token));
    expect((await here.redis.keys('*')).sort()).toEqual([...notes, sinceKey('o2'), markerKey(), SKUS, ID_KEY].sort());
    for (const note of notes) {
      expect(await here.redis.hgetall(note)).toEqual({ e: 'revoked' });
      expect(await here.redis.ttl(note)).toBeLessThanOrEqual(259200);
    }
    expect(await listed(app, 'o1')).toEqual([]);
  });
});
