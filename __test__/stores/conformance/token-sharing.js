'use strict';

const { atOnce, isValid, liveOf, login, refresh } = require('../../support');

/** Of a token store that several objects use. */
function sharedStore(open, wechat) {
  test('a token is valid in every object, also one of another sku', async () => {
    const token = await login(open(), wechat(), 'o1');
    expect(await isValid(open(), token)).toBe(true);
    expect(await isValid(open({ sku: 'other' }), token)).toBe(true);
    expect(await login(open(), wechat(), 'o1')).toBe(token);
  });

  test('another sku has tokens of its own, and a refresh leaves those', async () => {
    const [shop, other] = [open(), open({ sku: 'other' })];
    const tokens = [await login(shop, wechat(), 'o1'), await login(other, wechat(), 'o1')];
    expect(tokens[1].slice(0, -64)).toBe('o1|other|');
    await refresh(shop, 'o1');
    expect(await liveOf(shop, tokens)).toEqual([tokens[1]]);
    expect(await login(other, wechat(), 'o1')).toBe(tokens[1]);
  });

  test('logins at once through four objects give one token', async () => {
    const apps = [open(), open(), open(), open()];
    const tokens = await atOnce(20, (i) => login(apps[i % 4], wechat(), 'o1'));
    expect(new Set(tokens).size).toBe(1);
  });

  test('closing one object leaves the others and their tokens', async () => {
    const [first, second] = [open(), open()];
    const token = await login(first, wechat(), 'o1');
    await first.close();
    expect(await isValid(second, token)).toBe(true);
  });
}

/** Of a token store inside its object. */
function privateStore(open, wechat) {
  test('another object knows nothing of the tokens', async () => {
    const [first, second] = [open(), open()];
    const token = await login(first, wechat(), 'o1');
    expect(await isValid(second, token)).toBe(false);
    expect(await login(second, wechat(), 'o1')).not.toBe(token);
    await refresh(second, 'o1');
    expect(await isValid(first, token)).toBe(true);
  });
}

module.exports = { sharedStore, privateStore };
