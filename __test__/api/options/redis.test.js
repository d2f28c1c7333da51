'use strict';

const { defer, isWindows, mpauthx } = require('../../support');

const PASSWORD = 'Secret-in-the-URL-9';

/** A case of a test that Windows has not, which has no sockets that redis listens on. */
const onUnix = (each) => (isWindows ? [] : [each]);

/** The factory with these tokens; what it makes is closed after the test. */
function make(tokens, redisPass = null) {
  const app = mpauthx('wx', 'secret', 'shop', null, redisPass, null, { tokens });
  defer(() => app.close());
  return app;
}

/** What the factory throws; an object instead is the failure. */
function thrown(tokens, redisPass) {
  try {
    make(tokens, redisPass);
  } catch (error) {
    return error;
  }
  throw new Error(`made an object with ${JSON.stringify(tokens)}`);
}

function expectTypeError(name, tokens) {
  const error = thrown(tokens);
  expect(error).toBeInstanceOf(TypeError);
  const words = name.split(' ').map((word) => new RegExp(`(^|[^\\w.])${word.replace(/\./g, '\\.')}\\b`));
  for (const word of words) expect(error.message).toMatch(word);
}

const A = 'redis://192.0.2.1';
const B = 'redis://192.0.2.2';
const SAFE = 'rediss://192.0.2.1';

describe('an option of the wrong kind is a TypeError that names it:', () => {
  test.each([
    ['options.tokens.url', { url: 6379 }],
    ['options.tokens.url', { url: [A] }],
    ['options.tokens.cluster', { cluster: A }],
    ['options.tokens.cluster', { cluster: [] }],
    ['options.tokens.cluster', { cluster: [A, 7] }],
    ['options.tokens.cluster', { cluster: [null] }],
    ['options.tokens.sentinels', { sentinels: A, master: 'm' }],
    ['options.tokens.sentinels', { sentinels: [], master: 'm' }],
    ['options.tokens.sentinels', { sentinels: [{}], master: 'm' }],
    ['options.tokens.master', { sentinels: [A], master: 1 }],
    ['options.tokens.layout', { layout: 'Tagged' }],
    ['options.tokens.layout', { layout: true }],
    ['options.tokens.connectTimeout', { connectTimeout: 0 }],
    ['options.tokens.connectTimeout', { connectTimeout: '2000' }],
    ['options.tokens.connectTimeout', { connectTimeout: 2 ** 31 }],
    ['options.tokens.deadline', { deadline: -1 }],
    ['options.tokens.deadline', { deadline: 1.5 }],
    ['options.tokens.deadline', { deadline: Infinity }],
    ['options.tokens.tls', { url: SAFE, tls: true }],
    ['options.tokens.tls', { url: SAFE, tls: 'certificate' }],
    ['options.tokens.tls', { url: SAFE, tls: [] }],
    ['options.tokens.tls.ca', { url: SAFE, tls: { ca: 5 } }],
    ['options.tokens.tls.ca', { url: SAFE, tls: { ca: ['a', 'b'] } }],
    ['options.tokens.tls.cert', { url: SAFE, tls: { cert: {}, key: 'k' } }],
    ['options.tokens.tls.key', { url: SAFE, tls: { cert: 'c', key: true } }],
  ])('%s %j', expectTypeError);
});

describe('what is not an option is a TypeError that names it:', () => {
  test.each([
    ['options.tokens.uri', { uri: A }],
    ['options.tokens.host', { host: '192.0.2.1' }],
    ['options.tokens.password', { url: A, password: PASSWORD }],
    ['options.tokens.memory', { memory: true }],
    ['options.tokens.Layout', { Layout: 'tagged' }],
    ['options.tokens.tls.CA', { url: SAFE, tls: { CA: 'x' } }],
    ['options.tokens.tls.rejectUnauthorized', { url: SAFE, tls: { rejectUnauthorized: false } }],
  ])('%s %j', expectTypeError);
});

describe('what does not go together is a TypeError that names both:', () => {
  test.each([
    ['options.tokens url cluster', { url: A, cluster: [B] }],
    ['options.tokens url sentinels', { url: A, sentinels: [B], master: 'm' }],
    ['options.tokens cluster sentinels', { cluster: [A], sentinels: [B], master: 'm' }],
    ['options.tokens sentinels master', { sentinels: [A] }],
    ['options.tokens sentinels master', { sentinels: [A], master: '' }],
    ['options.tokens sentinels master', { url: A, master: 'm' }],
    ['options.tokens sentinels master', { master: 'm' }],
    ['options.tokens.layout tagged', { cluster: [A], layout: 'compatible' }],
    ['options.tokens.tls rediss', { tls: { ca: 'x' } }],
    ['options.tokens.tls rediss', { url: A, tls: { ca: 'x' } }],
    ...onUnix(['options.tokens.tls rediss', { url: 'unix:///run/redis.sock', tls: { ca: 'x' } }]),
    ['options.tokens.tls rediss', { cluster: [A], tls: { ca: 'x' } }],
    ['options.tokens.tls rediss', { sentinels: [A], master: 'm', tls: { ca: 'x' } }],
    ['options.tokens.tls cert key', { url: SAFE, tls: { cert: 'c' } }],
    ['options.tokens.tls cert key', { url: SAFE, tls: { key: 'k' } }],
    ['options.tokens.cluster', { cluster: [A, SAFE] }],
    ['options.tokens.cluster', { cluster: [`redis://:${PASSWORD}@192.0.2.1`, `redis://:other${PASSWORD}@192.0.2.2`] }],
    ['options.tokens.cluster', { cluster: [`${A}/3`] }],
    ['options.tokens.cluster', { cluster: ['unix:///run/redis.sock'] }],
    // The first alone decides about TLS: the others would be spoken to in the clear.
    ['options.tokens.sentinels', { sentinels: [A, SAFE], master: 'm' }],
    ['options.tokens.sentinels', { sentinels: [SAFE, B], master: 'm' }],
    ['options.tokens.sentinels', { sentinels: ['unix:///run/redis.sock'], master: 'm' }],
  ])('%s %j', expectTypeError);
});

describe('what is no PEM is a TypeError that names it:', () => {
  test.each([
    ['options.tokens.tls ca', { url: SAFE, tls: { ca: 'no certificate' } }],
    ['options.tokens.tls ca', { url: SAFE, tls: { ca: '' } }],
    ['options.tokens.tls ca', { url: SAFE, tls: { ca: Buffer.from([1, 2, 3]) } }],
    ['options.tokens.tls cert key', { url: SAFE, tls: { cert: 'no certificate', key: 'no key' } }],
  ])('%s %j', expectTypeError);
});

const BAD_URLS = [
  '',
  'redis',
  `:${PASSWORD}@192.0.2.1`,
  `http://u:${PASSWORD}@192.0.2.1`,
  `REDIS://u:${PASSWORD}@192.0.2.1`,
  `redis:/u:${PASSWORD}@192.0.2.1`,
  `redis://u:${PASSWORD}@`,
  `redis://u:${PASSWORD}@192.0.2.1:65536`,
  `redis://u:${PASSWORD}@192.0.2.1:port`,
  `redis://u:${PASSWORD}@192.0.2.1/db`,
  `redis://u:${PASSWORD}@192.0.2.1/1/2`,
  `rediss://u:${PASSWORD}@192.0.2.1/#insecure`,
  `rediss://u:${PASSWORD}@192.0.2.1#insecure`,
  `redis://u:${PASSWORD}#more@192.0.2.1`,
  `unix://run/redis.sock?pass=${PASSWORD}`,
  `redis+unix:///run/redis.sock?pass=${PASSWORD}`,
];

describe('a URL that cannot be is a TypeError that shows a right one, and not the password:', () => {
  const places = {
    'options.tokens': (url) => ({ url }),
    'options.tokens.cluster': (url) => ({ cluster: [A, url] }),
    'options.tokens.sentinels': (url) => ({ sentinels: [A, url], master: 'm' }),
  };
  test.each(BAD_URLS)('%j', (url) => {
    for (const [name, place] of [...Object.entries(places), ['options.tokens', (text) => text]]) {
      const error = thrown(place(url), PASSWORD);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain(`${name}: `);
      expect(error.message).toContain('redis://user:password@host:6379/0');
      expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(PASSWORD);
    }
  });
});

describe('what is right makes an object:', () => {
  test.each([
    [{}],
    [{ url: null, cluster: null, sentinels: null, master: null, tls: null, layout: null }],
    [{ url: A, layout: 'compatible', connectTimeout: 1, deadline: 1 }],
    [{ url: `redis://u:${PASSWORD}@[::1]:6379/15`, layout: 'tagged' }],
    [{ url: 'redis://u:p%40%3A%23@192.0.2.1' }],
    [{ url: SAFE, tls: {} }],
    [{ url: A, tls: { ca: null } }],
    ...onUnix([{ url: 'unix:///run/redis.sock' }]),
    [{ cluster: [A, B], layout: 'tagged' }],
    [{ cluster: [SAFE] }],
    [{ sentinels: [`${A}/2`], master: 'm' }],
    [{ sentinels: [A, B], master: 'm', layout: 'tagged' }],
  ])('%j', (tokens) => {
    expect(typeof make(tokens).authorize).toBe('function');
  });
});
