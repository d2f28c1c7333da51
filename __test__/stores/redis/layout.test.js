'use strict';

const {
  createApp,
  everybody,
  isValid,
  login,
  refresh,
  startFakeWeChat,
  startRedis,
  writeLegacyToken,
} = require('../../support');
const { noteKey, records, taggedKeys } = require('./support');

/**
 * What decides about a key's slot: the text in its first pair of braces, where that is not empty.
 * Source: redis' Cluster specification.
 */
function hashTag(key) {
  const [, tag] = key.match(/^[^{]*\{([^}]+)\}/s) || [null, key];
  return tag;
}

describe("the layout 'tagged'", () => {
  let wechat;
  let server;
  let redis;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
    server = await startRedis();
    redis = server.redis;
  });
  beforeEach(() => redis.flushall());

  const open = (layout, given) => createApp({ wechat, db: everybody(), tokens: { url: server.url, layout }, ...given });
  const record = (token) => {
    const [user, sku, session] = token.split('|');
    return `mpauthx:{u:${user}|${sku}}:${session}`;
  };

  test('names a record by user, sku and session, and the client holds the same token as ever', async () => {
    const token = await login(open('tagged'), wechat, 'o1');
    expect(token).toMatch(/^o1\|shop\|[0-9a-f]{64}$/);
    expect((await redis.keys('*')).sort()).toEqual([taggedKeys('o1').index, record(token), 'mpauthx:skus'].sort());
    const time = expect.stringMatching(/^\d{13}$/);
    expect(await redis.hgetall(record(token))).toEqual({ ctime: time, v: '2', x: time, o: '' });
    expect(await redis.ttl(record(token))).toBeGreaterThan(259100);
    expect(await redis.zrange(taggedKeys('o1').index, 0, -1)).toEqual([token]);
  });

  test.each(['o1', '{o1}', '}', '{', '{}', 'a}b{c', ''])(
    'puts all keys of user %j under one hash tag',
    async (user) => {
      const app = open('tagged');
      const old = await refresh(app, user);
      const token = await refresh(app, user);
      const keys = (await redis.keys('*')).filter((key) => key !== 'mpauthx:skus');
      const { index, since } = taggedKeys(user);
      expect(keys.sort()).toEqual([index, since, noteKey(old, index), record(token)].sort());
      expect(new Set(keys.map(hashTag)).size).toBe(1);
      expect(hashTag(keys[0])).toMatch(/^u:/);
      expect([await isValid(app, old), await isValid(app, token)]).toEqual([false, true]);
    },
  );

  test("and the compatible one do not see each other's tokens", async () => {
    const [tagged, compatible] = [open('tagged'), open('compatible')];
    const tokens = [await login(tagged, wechat, 'o1'), await login(compatible, wechat, 'o2')];
    expect(await isValid(compatible, tokens[0])).toBe(false);
    expect(await isValid(tagged, tokens[1])).toBe(false);
  });

  test('does not take tokens of 1.3.2 for its own, and leaves them alone', async () => {
    const legacy = await writeLegacyToken(redis, 'o1', 'shop');
    const app = open('tagged');
    expect(await isValid(app, legacy)).toBe(false);
    expect(await login(app, wechat, 'o1')).not.toBe(legacy);
    await refresh(app, 'o1');
    expect(await records(redis, 'o1')).toEqual([legacy]);
    expect(await redis.hgetall(legacy)).toEqual({ ctime: expect.any(String) });
  });

  test('gives a token up when its record is deleted', async () => {
    const app = open('tagged');
    const token = await login(app, wechat, 'o1');
    await redis.del(record(token));
    expect(await isValid(app, token)).toBe(false);
    expect(await login(app, wechat, 'o1')).not.toBe(token);
  });
});
