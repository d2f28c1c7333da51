'use strict';

// Requests that try to reach another host or to choose the access token: a TypeError, and nothing
// is sent.

const { generator } = require('../support');
const { mutate, ODD } = require('../support/odd-values');
const { ANY, explode, isObject, refusedRequests, revoked } = require('./refused-request');

const here = refusedRequests();

describe('a path', () => {
  test.each([
    ...['', '/', '//', '//evil.example', '//evil.example/a', '/\\evil.example', '\\\\evil.example', '/\t/evil.example'],
    ...[
      'https://evil.example/',
      'http:/a',
      'a',
      './a',
      'evil.example/a',
      '@evil.example',
      ':80@evil.example/',
      '.evil',
    ],
    ...['/a/../b', '/a/./b', '/..', '/.', '/...', '/a/..', '/a//b', '/a/', '/a/\u2024\u2024/b', '/\uff0e\uff0e/a'],
    ...['/%2e%2e/a', '/a%2f..%2fb', '/a%00', '/a%3Faccess_token=x', '/%0d%0aHost:evil'],
    ...['/a?access_token=x', '/a?b=c', '/a?', '/a#', '/a#b', '/a;b', '/a&access_token=x', '/a:b', '/a@evil.example'],
    ...[
      '/a\r\nHost: evil.example',
      '/a\n',
      '/a\r',
      '\n/a',
      '/a b',
      ' /a',
      '/a ',
      '/a\0',
      '/a\u2028',
      '/\ufeffa',
      '/微信',
    ],
    ...['/a\u2215b', '/\uff0f/evil.example', '/\u3002/a', '/\ud83d', `/${'a'.repeat(5000)}`, '/a'.repeat(1 << 20)],
  ])('such as %j', async (given) => {
    await here.refused([given], /^path must be the path of an interface/);
  });

  test('of an odd type', async () => {
    const turns = { toString: () => '/a', [Symbol.toPrimitive]: () => '/a' };
    for (const odd of [
      ...ODD.map((make) => make()),
      new String('/a'),
      ['/a'],
      new URL('https://evil.example/a'),
      turns,
    ]) {
      await here.refused([odd], /^path must be/);
    }
  });

  test('that was spoiled at random', async () => {
    const random = generator();
    for (let i = 0; i < 500; i += 1) {
      const given = mutate(random, random.pick(['/cgi-bin/x', '/wxa/a.b', '//evil.example/x']));
      if (!/^(\/[\w.~-]+)+$/.test(given) || /\/\.+(\/|$)/.test(given)) await here.refused([given], /^path/);
    }
  });
});

describe('a query', () => {
  const names = [
    ...[
      'access_token',
      'ACCESS_TOKEN',
      'Access_Token',
      ' access_token',
      'access_token ',
      '\taccess_token',
      'access_token\n',
    ],
    ...['access_token\0', 'access%5ftoken', '%61ccess_token', 'access.token', 'access token', 'access+token'],
    ...['access_token[]', 'access_token[0]', '&access_token', 'a&access_token', 'a=b&access_token', '?access_token'],
    ...[
      '#access_token',
      ';access_token',
      '\uff41ccess_token',
      'acce\u017fs_token',
      'acces\u0455_token',
      'access\u200b_token',
    ],
    ...['', ' ', '\r\nHost', '微信', '\ud83d'],
  ];
  test.each(names)('with the name %j', async (name) => {
    await here.refused([ANY, { query: { [name]: 'evil' } }], /^query must/);
    await here.refused([ANY, { query: { a: 1, [name]: '' } }], /^query must/);
    await here.refused([ANY, { query: Object.assign(Object.create(null), { [name]: 'evil' }) }], /^query must/);
  });

  test.each([
    ['of a Proxy', () => new Proxy({}, { ownKeys: () => ['access_token'], getOwnPropertyDescriptor: () => LISTED })],
    ['that throws', () => Object.defineProperty({}, 'access_token', { enumerable: true, get: explode })],
    ['of something that throws', () => new Proxy({}, { ownKeys: explode })],
    ['that is revoked', () => revoked()],
    ['that is too long', () => ({ a: '字'.repeat(5000) })],
    ['of too many', () => Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`a${i}`, '1']))],
  ])('%s', async (_what, make) => {
    await here.refused([ANY, { query: make() }]);
  });

  test('of an odd type, or with such a value', async () => {
    for (const make of ODD) {
      const odd = make();
      if (!isObject(odd)) await here.refused([ANY, { query: odd }], /query/);
      if (!['string', 'boolean'].includes(typeof odd) && !Number.isFinite(odd)) {
        await here.refused([ANY, { query: { a: make() } }], /^query must hold text/);
      }
    }
  });

  test('is looked at once, and goes with the shared token alone', async () => {
    const tricks = [
      () => Object.create({ access_token: 'evil' }),
      () => Object.defineProperty({}, 'access_token', { value: 'evil', enumerable: false }),
      () => ({ [Symbol('access_token')]: 'evil' }),
      () => ({ a: 'x&access_token=evil#' }),
      () => ({ access_tokens: 'evil' }),
      () => turning('a', 'access_token'),
      () => changing('x', { toString: () => 'evil' }),
    ];
    for (const trick of tricks) {
      here.wechat.interrupt(ANY, { errcode: 0 });
      await here.app.wechat.request(ANY, { query: trick() });
      const { rawQuery } = here.wechat.requests.at(-1);
      expect(new URLSearchParams(rawQuery).getAll('access_token')).toEqual(['the-shared-token']);
      expect(here.wechat.requests.at(-1).path).toBe(ANY);
    }
  });
});

const LISTED = { value: 'evil', enumerable: true, configurable: true };

/** Has one name at the first look, and another from then on. */
function turning(first, then) {
  let looks = 0;
  const name = () => {
    looks += 1;
    return looks > 1 ? then : first;
  };
  const get = (_target, key) => (typeof key === 'string' ? 'x' : undefined);
  return new Proxy({}, { ownKeys: () => [name()], getOwnPropertyDescriptor: () => LISTED, get });
}

/** Has one value at the first look, and another from then on. */
function changing(first, then) {
  let looks = 0;
  return {
    get a() {
      looks += 1;
      return looks > 1 ? then : first;
    },
  };
}
