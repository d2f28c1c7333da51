'use strict';

const { isValid, liveOf, login, refresh, setting, until } = require('../../support');
const { indexKey, records, sinceKey } = require('./support');

describe('keys changed by hand', () => {
  const here = setting();

  test('a deleted index leaves its token valid; the next login issues another, which a refresh ends', async () => {
    const app = here.open();
    const token = await login(app, here.wechat, 'o1');
    expect(await here.redis.del(indexKey('o1'))).toBe(1);
    expect(await isValid(app, token)).toBe(true);

    const next = await login(app, here.wechat, 'o1');
    expect(next).not.toBe(token);
    expect(await liveOf(app, [token, next])).toEqual([token, next]);

    const last = await refresh(app, 'o1');
    expect(await isValid(app, next)).toBe(false);
    expect(await login(app, here.wechat, 'o1')).toBe(last);
  });

  test('a deleted record is a token that is neither valid nor given, and is listed no more', async () => {
    const app = here.open();
    const token = await login(app, here.wechat, 'o1');
    await here.redis.del(token);
    expect(await isValid(app, token)).toBe(false);
    const next = await login(app, here.wechat, 'o1');
    expect(next).not.toBe(token);
    expect(await here.redis.zrange(indexKey('o1'), 0, -1)).toEqual([next]);
    expect(await records(here.redis, 'o1')).toEqual([next]);
  });

  test('a record that is given a longer life is given as long as it lives', async () => {
    const app = here.open({ ttl: 2 });
    const token = await login(app, here.wechat, 'o1');
    await here.redis.persist(token);
    await here.redis.persist(indexKey('o1'));
    const witness = await login(app, here.wechat, 'o2');
    await until(async () => !(await isValid(app, witness)), 15000);
    expect(await isValid(app, token)).toBe(true);
    expect(await login(app, here.wechat, 'o1')).toBe(token);
  });

  test('a record that is given a shorter life ends with it', async () => {
    const app = here.open();
    const token = await login(app, here.wechat, 'o1');
    await here.redis.pexpire(token, 1);
    await until(async () => !(await isValid(app, token)));
    expect(await login(app, here.wechat, 'o1')).not.toBe(token);
  });

  test('an emptied redis is a redis without tokens', async () => {
    const app = here.open();
    const token = await login(app, here.wechat, 'o1');
    await refresh(app, 'o1');
    await here.redis.flushall();
    expect(await isValid(app, token)).toBe(false);
    expect(await isValid(app, await login(app, here.wechat, 'o1'))).toBe(true);
    expect(await isValid(app, await refresh(app, 'o1'))).toBe(true);
    expect(await here.redis.exists(sinceKey('o1'))).toBe(1);
  });
});
