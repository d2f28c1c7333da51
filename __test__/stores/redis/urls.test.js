'use strict';

const { isWindows, mpauthx } = require('../../support');

const PASSWORD = 'Sesame-42';
const A = 'redis://192.0.2.1';
const B = 'redis://192.0.2.2';

const make = (tokens) => mpauthx(null, null, 'shop', null, null, null, { tokens });

function refusal(tokens) {
  try {
    make(tokens);
  } catch (error) {
    return error;
  }
  throw new Error(`taken: ${JSON.stringify(tokens)}`);
}

function expectRefused(tokens, option) {
  const error = refusal(tokens);
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(option);
  expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(PASSWORD);
}

describe('what stands in a URL and would not be done is a TypeError:', () => {
  test.each([
    `redis://:${PASSWORD}@192.0.2.1?db=2`,
    `redis://:${PASSWORD}@192.0.2.1/?db=2`,
    `redis://:${PASSWORD}@192.0.2.1/1?db=2`,
    `redis://:${PASSWORD}@192.0.2.1/1?`,
    `redis://:${PASSWORD}@192.0.2.1?protocol=resp3`,
    `rediss://:${PASSWORD}@192.0.2.1?ssl_cert_reqs=none`,
    `redis://192.0.2.1?password=${PASSWORD}`,
    `redis://:${PASSWORD}@192.0.2.1/#2`,
    `redis://:${PASSWORD}@192.0.2.1/db2`,
    `redis://:${PASSWORD}@192.0.2.1/2/x`,
    `redis://:${PASSWORD}@192.0.2.1/+2`,
    `redis://:${PASSWORD}@192.0.2.1/-2`,
    `redis://:${PASSWORD}@192.0.2.1/2.0`,
    `redis://:${PASSWORD}\n@192.0.2.1`,
    `redis://:${PASSWORD}\t2@192.0.2.1`,
    `unix:///run/redis.sock?pass=${PASSWORD}&database=2`,
    `unix:///run/redis.sock?pass=${PASSWORD}&password=2`,
    `unix:///run/redis.sock?pass=${PASSWORD}&db=2&db=3`,
    `unix:///run/redis.sock?pass=${PASSWORD}&db=two`,
    `unix:///run/redis.sock?pass=${PASSWORD}&db`,
    `unix:///run/redis.sock?pass=${PASSWORD}#2`,
  ])('%j', (url) => {
    expectRefused(url, 'options.tokens');
    expectRefused({ url }, 'options.tokens');
    expectRefused({ cluster: [A, url] }, 'options.tokens.cluster');
    expectRefused({ sentinels: [A, url], master: 'm' }, 'options.tokens.sentinels');
  });

  const with_ = (login, url = A) => url.replace('//', `//${login}@`);

  test.each([
    [{ cluster: [`${A}/1`] }, 'cluster'],
    [{ cluster: [A, `${B}/1`] }, 'cluster'],
    [{ cluster: [with_(`bob:${PASSWORD}`), with_(`eve:${PASSWORD}`, B)] }, 'cluster'],
    [{ cluster: [with_(`bob:${PASSWORD}`), B] }, 'cluster'],
    [{ cluster: [A, with_(`:${PASSWORD}`, B)] }, 'cluster'],
    [{ sentinels: [with_(`bob:${PASSWORD}`), with_(`eve:${PASSWORD}`, B)], master: 'm' }, 'sentinels'],
    [{ sentinels: [with_(`:${PASSWORD}`), with_(`:other${PASSWORD}`, B)], master: 'm' }, 'sentinels'],
    [{ sentinels: [A, with_(`:${PASSWORD}`, B)], master: 'm' }, 'sentinels'],
    [{ sentinels: [`${A}/1`, `${B}/2`], master: 'm' }, 'sentinels'],
    [{ sentinels: [A, `${B}/2`], master: 'm' }, 'sentinels'],
  ])('%j', (tokens, option) => expectRefused(tokens, `options.tokens.${option}`));
});

/** Windows has none that redis listens on. */
const SOCKETS = isWindows ? [] : [['unix:///run/redis.sock'], ['unix:///run/my%20redis.sock?db=1&user=bob&pass=p%26q']];

describe('what is done is taken:', () => {
  test.each([
    [A],
    [`${A}/`],
    [`${A}:6379/0`],
    [`${A}/15/`],
    [`${A}/1\n`],
    [`redis://:${PASSWORD}@192.0.2.1:6379/0`],
    ['redis://bob@192.0.2.1'],
    ['redis://b%C3%B6b:p%40%3A%2F%23%3F%25@[2001:db8::1]:6379/1'],
    ['redis://:p+q@192.0.2.1'],
    ['rediss://redis.internal/3'],
    ...SOCKETS,
    [{ cluster: [`${A}/0`, `${B}/`] }],
    [{ sentinels: [`redis://bob:${PASSWORD}@192.0.2.1/2`, `redis://bob:${PASSWORD}@192.0.2.2/2`, B], master: 'm' }],
    [{ sentinels: [A, `${B}/0`], master: 'm' }],
  ])('%j', (tokens) => {
    expect(typeof make(tokens).authorize).toBe('function');
  });
});
