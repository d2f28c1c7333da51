'use strict';

// What `createAuth` takes. Whatever cannot work is a TypeError that names it.

const { everybody, mpauthx, sample, SECRET } = require('../../support');
const { ODD } = require('../../support/odd-values');
const { open } = require('./support');

const { createAuth } = mpauthx;
const USERS = everybody();
const REDIS = 'redis://192.0.2.1';

/** What is thrown for the options; an object instead is the failure. */
function thrown(make) {
  try {
    make();
  } catch (error) {
    return error;
  }
  throw new Error('made an object');
}

function expectTypeError(make, ...words) {
  const error = thrown(make);
  expect(error).toBeInstanceOf(TypeError);
  for (const word of words) expect(error.message).toContain(word);
  expect(error.message).not.toContain('options.');
}

describe('createAuth', () => {
  test('has the new functions, and none that trusts its caller or hides who is logged in', () => {
    const auth = open();
    expect(Object.keys(auth).sort()).toEqual([
      'close',
      'forget',
      'health',
      'login',
      'sessions',
      'stats',
      'verify',
      'wechat',
    ]);
    expect(Object.keys(auth.sessions).sort()).toEqual(
      ['explain', 'inspect', 'issue', 'list', 'revoke', 'revokeById', 'revokeUser', 'rotate'].sort(),
    );
    for (const old of ['authorize', 'isTokenValid', 'refreshToken', 'extractOpenId', 'extractSku']) {
      expect(old in auth).toBe(false);
    }
  });

  test.each([
    [
      'with all that there is',
      { db: USERS, users: 'object', ttl: '60', redisPass: 'x', cache: true, sessionKeys: true },
    ],
    ['without an app', { appId: null, secret: null }],
    ['with null for none', { db: null, resolveUser: null, redisPass: null, ttl: null, wechat: null, sessions: null }],
    [
      'with null for none, within',
      { sessions: { max: null }, wechat: { proxy: null }, tokens: { url: REDIS, tls: null } },
    ],
    ['with a function for users', { resolveUser: ({ openId }) => openId }],
    ['shared', { sessions: { mode: 'shared', idle: 60 } }],
    ['each', { sessions: { max: 3 } }],
    ['each, without a mode', { sessions: { idle: 60 } }],
    ['on a Cluster', { tokens: { cluster: [REDIS] } }],
    ['with the longest sku', { sku: 'x'.repeat(64) }],
    ['with an odd sku', { sku: '~!@#$%^&*()' }],
  ])('makes an object %s', (_what, given) => {
    expect(typeof open(given).verify).toBe('function');
  });

  test.each([
    ['nothing', []],
    ['null', [null]],
    ['text', [sample.appId, SECRET, 'shop']],
    ['a list', [[]]],
    ['a Map', [new Map()]],
  ])('takes an object, and not %s', (_what, args) => {
    expectTypeError(() => createAuth(...args), 'createAuth', 'object');
  });

  test.each(['appID', 'options', 'token', 'toString', 'endpoint', 'mode', 'file'])('does not know %s', (name) => {
    expectTypeError(() => open({ [name]: 'x' }), name);
  });

  test.each([
    ['sessions.modes', { sessions: { modes: 'each' } }],
    ['tokens.host', { tokens: { url: REDIS, host: '192.0.2.1' } }],
    ['tokens.tls.rejectUnauthorized', { tokens: { url: REDIS, tls: { rejectUnauthorized: false } } }],
    ['wechat.host', { wechat: { host: 'x' } }],
    ['cache.ttl', { cache: { ttl: 5 } }],
  ])('does not know %s', (name, given) => expectTypeError(() => open(given), name));

  test.each(
    [
      'appId secret sku db tokens redisPass ttl resolveUser wechat sessions cache sessionKeys users createTable'.split(
        ' ',
      ),
    ].flat(),
  )('says that %s is there and undefined, or empty', (name) => {
    expectTypeError(() => open({ [name]: undefined }), `${name} is undefined`, 'environment variable');
    expectTypeError(() => open({ [name]: '' }), `${name} is empty`);
  });

  test.each([
    ['tokens.url', { tokens: { url: undefined } }],
    ['tokens.file', { tokens: { file: undefined } }],
    ['tokens.tls.ca', { tokens: { url: REDIS, tls: { ca: undefined } } }],
    ['tokens.layout', { tokens: { url: REDIS, layout: undefined } }],
    ['wechat.proxy', { wechat: { proxy: undefined } }],
    ['wechat.cloud.appIds', { wechat: { cloud: { appIds: undefined } } }],
    ['sessions.idle', { sessions: { idle: undefined } }],
    ['cache.maxAge', { cache: { maxAge: undefined } }],
  ])('says that %s is there and undefined', (name, given) => {
    expectTypeError(() => open(given), `${name} is undefined`);
  });

  test.each([
    ['tokens.url', { tokens: { url: '' } }],
    ['tokens.file', { tokens: { file: '' } }],
    ['wechat.proxy', { wechat: { proxy: '' } }],
    ['wechat.endpoint', { wechat: { endpoint: '' } }],
  ])('says that %s is there and empty', (name, given) => expectTypeError(() => open(given), `${name} is empty`));

  test.each([
    ['sku', { sku: undefined }],
    ['tokens', { tokens: undefined }],
    ['tokens.url', { tokens: { url: '' } }],
    ['tokens.master', { tokens: { sentinels: [REDIS], master: undefined } }],
    ['wechat.push.encodingAESKey', { wechat: { push: { token: 'abc', encodingAESKey: undefined } } }],
  ])('does not advise to leave out %s, which is needed', (name, given) => {
    const { message } = thrown(() => open(given));
    expect(message).toMatch(new RegExp(`^${name} is .*an environment variable may be missing$`));
  });

  test('wants to be told where tokens are kept', () => {
    const { tokens, ...rest } = { appId: sample.appId, secret: SECRET, sku: 'shop', tokens: 'memory' };
    expectTypeError(() => createAuth(rest), 'tokens is missing');
    expectTypeError(() => open({ tokens: null }), 'tokens is missing');
    for (const none of [{}, { url: null }, { layout: 'tagged' }, { deadline: 500 }]) {
      expectTypeError(() => open({ tokens: none }), 'tokens names no place');
    }
    expect(tokens).toBe('memory');
  });

  test.each([
    ['missing', null],
    ['a space', 'my shop'],
    ['a bar', 'a|b'],
    ['too long', 'x'.repeat(65)],
    ['no ASCII', '商店'],
    ['a line break', 'shop\n'],
    ['a NUL', 'shop\0'],
    ['a number', 5],
    ['an object', {}],
    ['the text undefined', 'undefined'],
    ['the text null', 'null'],
  ])('wants a sku, and not %s', (_what, sku) => expectTypeError(() => open({ sku }), 'sku', '1 to 64'));

  test.each([
    ['appId', { appId: 5 }],
    ['appId', { appId: `${sample.appId}\n` }],
    ['secret', { secret: {} }],
    ['secret', { secret: ' x' }],
    ['redisPass', { redisPass: 5 }],
    ['ttl', { ttl: 0 }],
    ['ttl', { ttl: 'long' }],
    ['db', { db: 42 }],
    ['users', { users: 'rust', db: USERS }],
    ['users', { users: 'native' }],
    ['createTable', { createTable: 'yes' }],
    ['createTable', { createTable: true }],
    ['resolveUser', { resolveUser: 'o1' }],
    ['resolveUser', { resolveUser: () => 'o1', db: USERS }],
    ['sessionKeys', { sessionKeys: 'yes' }],
    ['sessionKeys', { sessionKeys: true, secret: null }],
    ['sessions.max', { sessions: { mode: 'shared', max: 3 } }],
    ['sessions.max', { sessions: { max: 0 } }],
    ['sessions.mode', { sessions: { mode: 'one' } }],
    ['sessions', { sessions: 'each' }],
    ['cache', { cache: 'yes' }],
    ['wechat', { wechat: 'https://api.weixin.qq.com' }],
    ['wechat.timeout', { wechat: { timeout: '5' } }],
    ['tokens', { tokens: 'http://127.0.0.1' }],
    ['tokens', { tokens: 5 }],
    ['tokens', { tokens: new URL(REDIS) }],
    ['tokens', { tokens: { url: REDIS, file: 'tokens.db' } }],
    ['tokens.layout', { tokens: { cluster: [REDIS], layout: 'compatible' } }],
    ['tokens.layout', { tokens: { file: 'tokens.db', layout: 'tagged' } }],
  ])('says that %s cannot work: %j', (name, given) => expectTypeError(() => open(given), name));

  test.each(
    [
      'appId secret sku db tokens redisPass ttl resolveUser wechat sessions cache sessionKeys users createTable'.split(
        ' ',
      ),
    ].flat(),
  )('takes any value for %s, or throws a TypeError', (name) => {
    for (const odd of ODD) {
      try {
        open({ [name]: odd() });
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).not.toBe('');
      }
    }
  });
});

describe('the factory of 1.3.2', () => {
  test.each([[[{ appId: 'wx1', secret: 'x', sku: 'shop', tokens: 'memory' }]], [[{}, 'secret', 'shop', null]]])(
    'names createAuth to whoever calls it with an object',
    (args) => {
      expect(() => mpauthx(...args)).toThrow(TypeError);
      expect(() => mpauthx(...args)).toThrow(/createAuth/);
    },
  );

  test('says that options come seventh to whoever passes them as the password', () => {
    const make = () => mpauthx('wx1', 'secret', 'shop', null, { tokens: 'memory' });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/redisPass.*seventh/);
  });

  test('has createAuth, MpauthxError and statusCode', () => {
    expect(Object.keys(mpauthx).sort()).toEqual(['MpauthxError', 'createAuth', 'default', 'statusCode']);
    const app = mpauthx('wx1', 'secret', 'shop', null, null, null, { tokens: 'memory' });
    expect(mpauthx.statusCode).toBe(app.constants.statusCode);
    return app.close();
  });
});
