'use strict';

// What `mpauthx/testing` gives the tests of an application: logins, time, and the token store.

const { mpauthx, rejection } = require('../../support');
const { createTestAuth, open } = require('./support');

test('a user logs in by a code, and the name is the openid and the id', async () => {
  const t = await open({ sku: 'shop' });
  const login = await t.auth.login(t.code('alice'), { device: 'phone' });
  expect(login).toMatchObject({ userId: 'alice', openId: 'alice' });
  expect(await t.auth.verify(login.token)).toMatchObject({ userId: 'alice', sku: 'shop', device: 'phone' });
});

test('loginAs logs in as login does', async () => {
  const t = await open();
  const phone = await t.loginAs('alice', { device: 'phone' });
  const tablet = await t.loginAs('alice', { device: 'tablet', replace: phone.token });
  expect((await t.auth.sessions.list('alice')).map(({ device }) => device)).toEqual(['tablet']);
  expect(await t.auth.verify(tablet.token)).toMatchObject({ userId: 'alice', sku: 'test' });
  expect(await rejection(t.loginAs('alice', { devise: 'phone' }))).toMatchObject({ code: 6001 });
});

test('a code is good once, and for five minutes', async () => {
  const t = await open();
  const code = t.code('alice');
  await t.auth.login(code);
  expect(await rejection(t.auth.login(code))).toMatchObject({ code: 6008, errcode: 40163 });
  const late = t.code('alice');
  t.clock.advance('5m');
  expect(await rejection(t.auth.login(late))).toMatchObject({ code: 6008, errcode: 40029, status: 400 });
});

test('the options are those of createAuth', async () => {
  const seen = [];
  const resolveUser = (identity) => {
    seen.push(identity);
    return { userId: 'user-1', isNewUser: true };
  };
  const t = await open({ appId: 'wx1', secret: 's1', sku: 'shop', ttl: 60, sessions: { max: 1 }, resolveUser });
  t.wechat.setUnionId('alice', 'union-alice');
  const first = await t.loginAs('alice');
  expect(first).toMatchObject({ userId: 'user-1', isNewUser: true, unionId: 'union-alice' });
  expect(seen).toEqual([{ appId: 'wx1', openId: 'alice', unionId: 'union-alice' }]);
  expect(t.wechat.requests[0].query).toMatchObject({ appid: 'wx1', secret: 's1' });
  await t.loginAs('alice');
  expect(await t.auth.sessions.explain(first.token)).toBe('evicted');
});

test('null is as good as nothing', async () => {
  const t = await open({ sku: null, appId: null, secret: null, tokens: null, wechat: null });
  t.wechat.setPhone('alice', '13800000000', null);
  expect(await t.loginAs('alice', null)).toMatchObject({ userId: 'alice' });
  t.wechat.setPhone('alice', '13800000000', { countryCode: null });
  expect(await t.auth.wechat.getPhoneNumber(t.phoneCode('alice'))).toMatchObject({ countryCode: '86' });
  t.wechat.refuse(40029, { path: null });
  expect(await rejection(t.loginAs('alice'))).toMatchObject({ errcode: 40029 });
});

describe('the clock', () => {
  test.each([
    ['3d', 259200],
    [259200, 259200],
    ['72h', 259200],
    ['1.5h', 5400],
    ['90m', 5400],
    ['1w', 604800],
    ['10 s', 10],
    ['1500ms', 1.5],
  ])('%p ends what lives for as long', async (duration, seconds) => {
    const ttl = Math.ceil(seconds);
    const t = await open({ ttl });
    const { token, expiresAt } = await t.loginAs('alice');
    const before = t.clock.now();
    t.clock.advance(duration);
    expect(t.clock.now() - before - seconds * 1000).toBeLessThan(60000);
    expect(t.clock.now() - before).toBeGreaterThanOrEqual(seconds * 1000);
    t.clock.advance(`${(ttl - seconds) * 1000}ms`);
    expect(t.clock.now()).toBeGreaterThanOrEqual(expiresAt);
    expect(await rejection(t.auth.verify(token))).toMatchObject({ code: 6007, status: 401 });
    expect(await t.auth.sessions.explain(token)).toBe('expired');
  });

  test('a token lives until then, and a later one longer', async () => {
    const t = await open();
    const { token } = await t.loginAs('alice');
    t.clock.advance('71h');
    const later = await t.loginAs('alice');
    expect(await t.auth.verify(token)).toMatchObject({ userId: 'alice' });
    t.clock.advance('1h');
    expect(await rejection(t.auth.verify(token))).toMatchObject({ status: 401 });
    expect(await t.auth.verify(later.token)).toMatchObject({ expiresAt: later.expiresAt });
  });

  test('a session that is not used ends, one that is used does not', async () => {
    const t = await open({ sessions: { idle: 3600 } });
    const [used, idle] = [await t.loginAs('alice'), await t.loginAs('alice')];
    t.clock.advance('40m');
    await t.auth.verify(used.token);
    t.clock.advance('40m');
    await t.auth.verify(used.token);
    expect(await rejection(t.auth.verify(idle.token))).toMatchObject({ status: 401 });
  });

  test('the grace of a rotation ends, and then the old token is a reuse', async () => {
    const t = await open();
    const { token } = await t.loginAs('alice');
    const rotated = await t.auth.sessions.rotate(token);
    t.clock.advance('9s');
    await t.auth.verify(token);
    t.clock.advance('1s');
    expect(await rejection(t.auth.verify(token))).toMatchObject({ status: 401 });
    expect(await t.auth.sessions.explain(rotated.token)).toBe('reused');
  });

  test('an access token ends, and another one takes its place', async () => {
    const t = await open();
    const first = await t.auth.wechat.accessToken();
    t.clock.advance('1h');
    expect(await t.auth.wechat.accessToken()).toBe(first);
    t.clock.advance('1h');
    expect(await t.auth.wechat.accessToken()).not.toBe(first);
  });
});

describe('the token store', () => {
  test('is away and there again, with all that it had', async () => {
    const t = await open();
    const { token } = await t.loginAs('alice');
    t.tokens.fail();
    const failures = await Promise.all(
      [t.auth.verify(token), t.auth.sessions.list('alice'), t.auth.sessions.revoke(token), t.loginAs('bob')].map(
        rejection,
      ),
    );
    for (const failure of failures) expect(failure).toMatchObject({ code: 6000, status: 503 });
    expect(failures[0].cause.message).toContain('as the test wants it');
    expect((await t.auth.health()).tokens.ready).toBe(false);
    t.tokens.heal();
    expect(await t.auth.verify(token)).toMatchObject({ userId: 'alice' });
    expect((await t.auth.health()).tokens.ready).toBe(true);
  });

  test('fails many checks at once without any wait', async () => {
    const t = await open();
    const { token } = await t.loginAs('alice');
    t.tokens.fail();
    const outcomes = await Promise.all(Array.from({ length: 500 }, () => rejection(t.auth.verify(token))));
    expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set([6000]));
  });
});

describe('kits', () => {
  test('have users, clocks, stores and a WeChat each of its own', async () => {
    const [one, other] = [await open(), await open()];
    const { token } = await one.loginAs('alice');
    one.clock.advance('4d');
    one.tokens.fail();
    one.wechat.away();
    const login = await other.loginAs('alice');
    expect(await other.auth.verify(login.token)).toMatchObject({ userId: 'alice' });
    expect(await rejection(other.auth.verify(token))).toMatchObject({ status: 401 });
    expect(other.wechat.requests).toHaveLength(1);
    expect(await rejection(other.auth.login(one.code('alice')))).toMatchObject({ errcode: 40029 });
  });

  test('close, as often as one likes', async () => {
    const t = await createTestAuth();
    const { token } = await t.loginAs('alice');
    await Promise.all([t.close(), t.close()]);
    await t.close();
    expect(await rejection(t.auth.verify(token))).toMatchObject({ code: 6000 });
    await expect(fetch(t.wechat.endpoint)).rejects.toThrow();
  });

  test('are disposed of by await using, where there is one', async () => {
    const dispose = Symbol.asyncDispose;
    const t = await open();
    expect(Reflect.ownKeys(t).filter((key) => typeof key === 'symbol')).toEqual(dispose ? [dispose] : []);
    await t[dispose ?? 'close']();
    expect(await rejection(t.auth.verify('x|test|y'))).toMatchObject({ status: 401 });
    await expect(fetch(t.wechat.endpoint)).rejects.toThrow();
  });

  test('serve an object that the test makes itself', async () => {
    const t = await open({ appId: 'wx1', secret: 's1' });
    const users = new Set();
    const wechat = { endpoint: t.wechat.endpoint };
    const old = mpauthx('wx1', 's1', 'shop', users, null, 60, { tokens: 'memory', wechat });
    const { encryptedData, iv } = t.wechat.encrypt('alice');
    const { response } = await old.authorize(t.code('alice'), encryptedData, iv);
    expect(old.extractOpenId(response)).toBe('alice');
    expect([...users]).toEqual(['alice']);
    await old.close();
  });
});
