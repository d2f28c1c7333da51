'use strict';

const mpauthx = require('../../..');
const { ODD } = require('../../support/odd-values');

const TOKEN = 'Token123';
const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';

const DOORS = {
  mpauthx: (push, appId = 'wx1') =>
    mpauthx(appId, 'secret', 'shop', null, null, null, { tokens: 'memory', wechat: { push } }),
  createAuth: (push, appId = 'wx1') =>
    mpauthx.createAuth({ ...(appId && { appId }), sku: 'shop', tokens: 'memory', wechat: { push } }),
};

describe.each(Object.entries(DOORS))('wechat.push of %s', (name, make) => {
  const prefix = name === 'mpauthx' ? 'options.wechat.push' : 'wechat.push';

  function refusal(push, appId) {
    try {
      make(push, appId).close();
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      for (const secret of [KEY, TOKEN]) expect(error.message).not.toContain(secret);
      return error.message;
    }
    throw new Error(`expected ${name} to throw`);
  }

  test.each([
    { token: TOKEN, encodingAESKey: KEY },
    { token: TOKEN, plain: true },
    { token: TOKEN, plain: false, encodingAESKey: KEY },
    { token: 'abc', plain: true },
    { token: 'x'.repeat(32), encodingAESKey: `${KEY.slice(2)}+/` },
  ])('%j can be', async (push) => {
    await make(push).close();
  });

  test.each([
    [{}, '.token'],
    [{ token: TOKEN }, 'encodingAESKey'],
    [{ token: TOKEN, plain: false }, 'encodingAESKey'],
    [{ token: TOKEN, plain: true, encodingAESKey: KEY }, 'exclude'],
    [{ encodingAESKey: KEY }, '.token'],
    [{ token: 'ab', plain: true }, '.token'],
    [{ token: 'x'.repeat(33), plain: true }, '.token'],
    [{ token: 'a b c', plain: true }, '.token'],
    [{ token: 'abc\n', plain: true }, '.token'],
    [{ token: '', plain: true }, '.token'],
    [{ token: TOKEN, encodingAESKey: KEY.slice(1) }, '.encodingAESKey'],
    [{ token: TOKEN, encodingAESKey: `${KEY}=` }, '.encodingAESKey'],
    [{ token: TOKEN, encodingAESKey: `${KEY.slice(1)}-` }, '.encodingAESKey'],
    [{ token: TOKEN, encodingAESKey: `${KEY.slice(1)}\n` }, '.encodingAESKey'],
    [{ token: TOKEN, encodingAESKey: '' }, '.encodingAESKey'],
    [{ token: TOKEN, encodingAesKey: KEY }, '.encodingAesKey'],
    [{ token: 5, plain: true }, '.token'],
    [{ token: TOKEN, plain: 'yes' }, '.plain'],
    [{ token: TOKEN, encodingAESKey: Buffer.from(KEY) }, '.encodingAESKey'],
    ['token', ''],
  ])('%j cannot: the TypeError names what is wrong', (push, part) => {
    expect(refusal(push)).toContain(prefix);
    expect(refusal(push)).toContain(part);
  });

  test('it needs the app id', () => {
    expect(refusal({ token: TOKEN, plain: true }, null)).toMatch(/app id/);
  });

  test('each value is a TypeError or taken, whatever it is', () => {
    for (const value of ODD) {
      for (const push of [
        value,
        () => ({ token: value(), plain: true }),
        () => ({ token: TOKEN, encodingAESKey: value() }),
      ]) {
        try {
          make(push()).close();
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }
    }
  });
});

test('createAuth names a key that is missing in the environment', () => {
  expect(() => DOORS.createAuth({ token: undefined, encodingAESKey: KEY })).toThrow(/wechat\.push\.token is undefined/);
  expect(() => DOORS.createAuth({ token: TOKEN, encodingAESKey: '' })).toThrow(/wechat\.push\.encodingAESKey is empty/);
});

test('guards of messages are made with what can receive some, and a handler', () => {
  const receiver = DOORS.createAuth({ token: TOKEN, plain: true });
  const other = mpauthx.createAuth({ sku: 'shop', tokens: 'memory' });
  for (const name of ['express', 'koa', 'fastify', 'hono', 'web']) {
    const { push } = require(`../../../lib/adapters/${name}`);
    expect(push(receiver, () => {})).toBeInstanceOf(Function);
    for (const [args, message] of [
      [[undefined, () => {}], /createAuth/],
      [[{ verify() {} }, () => {}], /createAuth/],
      [[receiver], /handler/],
      [[receiver, 'x'], /handler/],
      [[other, () => {}], /wechat\.push/],
      ...(name === 'fastify' ? [] : [[[receiver, () => {}, { onEror() {} }], /onEror/]]),
      ...(name === 'fastify' ? [] : [[[receiver, () => {}, { onError: 7 }], /onError.*function/]]),
    ]) {
      expect(() => push(...args)).toThrow(message);
      expect(() => push(...args)).toThrow(TypeError);
    }
  }
  return Promise.all([receiver.close(), other.close()]);
});
