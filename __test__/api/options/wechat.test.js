'use strict';

const mpauthx = require('../../..');
const { createApp } = require('../../support');
const { ODD } = require('../../support/odd-values');

/** What the factory throws. */
function refusal(options, { secret = 'secret' } = {}) {
  try {
    mpauthx('wx1', secret, 'shop', null, null, null, { tokens: 'memory', ...options }).close();
  } catch (error) {
    return error;
  }
  throw new Error(`expected the factory to throw for ${JSON.stringify(options)}`);
}

function expectTypeError(error, name) {
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(name);
}

describe('options.wechat', () => {
  test.each([
    ['retries', [-1, 11, 1.5, '2', Number.NaN, Infinity, true, {}, [], 2n]],
    [
      'proxy',
      [
        5,
        true,
        {},
        [],
        Symbol('s'),
        '',
        'proxy',
        'proxy:3128',
        'ftp://proxy',
        'http://',
        'socks5://proxy',
        'http://a b',
      ],
    ],
    ['exchange', ['code', 5, true, {}, [], Promise.resolve(), Symbol('s')]],
    ['timeout', [0, -1, 1.5, '5']],
    ['nothing', [1]],
  ])('that cannot work is a TypeError that names it: %s', (name, values) => {
    for (const value of values) expectTypeError(refusal({ wechat: { [name]: value } }), `options.wechat.${name}`);
  });

  test.each([
    ['retries', [0, 1, 10]],
    [
      'proxy',
      [
        'http://127.0.0.1:3128',
        'https://proxy.internal',
        'http://user:password@proxy.internal:3128/',
        'http://[::1]:1',
      ],
    ],
    ['exchange', [async () => ({}), () => {}, class {}]],
  ])('that can: %s', (name, values) => {
    for (const value of [...values, null, undefined]) createApp({ options: { wechat: { [name]: value } } });
  });

  test('is a TypeError or taken, whatever it is', () => {
    for (const name of ['retries', 'proxy', 'exchange', 'endpoint', 'timeout']) {
      for (const make of ODD) {
        try {
          createApp({ options: { wechat: { [name]: make() } } });
        } catch (error) {
          expectTypeError(error, `options.wechat.${name}`);
        }
      }
    }
  });

  test('that cannot work never shows a password', () => {
    for (const proxy of [
      'http://user:hidden-password@',
      'ftp://user:hidden-password@proxy',
      'user:hidden-password@proxy',
    ]) {
      expect(refusal({ wechat: { proxy } }).message).not.toContain('hidden-password');
    }
  });
});

describe('options.sessionKeys', () => {
  test.each([5, 'true', {}, []])('%p is a TypeError that names it', (sessionKeys) => {
    expectTypeError(refusal({ sessionKeys }), 'options.sessionKeys');
  });

  test.each([null, undefined, ''])('needs a secret (%p): TypeError', (secret) => {
    const given = secret === undefined ? null : secret;
    expectTypeError(refusal({ sessionKeys: true }, { secret: given }), 'options.sessionKeys');
  });

  test.each([false, null, undefined])('%p needs none', (sessionKeys) => {
    createApp({ secret: null, options: { sessionKeys } });
  });
});
