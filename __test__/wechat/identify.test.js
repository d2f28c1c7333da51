'use strict';

// Whom the headers of WeChat's cloud hosting name.

const http = require('node:http');
const { once } = require('node:events');
const { createApp, defer, everybody, generator, sample } = require('../support');
const { mutate, ODD } = require('../support/odd-values');

const OPEN_ID = 'oABCDEFGHIJKLMNOPQRSTUVWXYZ1';
const OURS = {
  'x-wx-openid': OPEN_ID,
  'x-wx-appid': sample.appId,
  'x-wx-source': 'wx_client',
};
const USER = { openId: OPEN_ID, appId: sample.appId, source: 'wx_client' };

/** Of a mini-program that uses the resources of this one. */
const SHARED = {
  ...OURS,
  'x-wx-from-openid': 'o2',
  'x-wx-from-appid': 'wx-other',
  'x-wx-from-unionid': 'u2',
};
const OTHER = { openId: 'o2', unionId: 'u2', appId: 'wx-other', source: 'wx_client' };

let app;
beforeEach(() => {
  process.env.CBR_ENV_ID = 'prod-1';
  app = open({ appIds: ['wx-other'] });
});
afterEach(() => {
  delete process.env.CBR_ENV_ID;
});
const open = (cloud, given) => createApp({ db: everybody(), options: { wechat: { cloud } }, ...given });
const identify = (headers) => app.wechat.identify(headers);

const without = (headers, name) => Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));

describe('headers of the gateway', () => {
  test('name the user, and the unionid where there is one', () => {
    expect(identify(OURS)).toStrictEqual(USER);
    expect(identify({ ...OURS, 'x-wx-unionid': 'u1' })).toStrictEqual({ ...USER, unionId: 'u1' });
    for (const none of ['', undefined, null, 'a b']) {
      expect(identify({ ...OURS, 'x-wx-unionid': none })).toStrictEqual(USER);
    }
  });

  test('are read in any case, and from a Headers object', () => {
    const mixed = Object.fromEntries(Object.entries(OURS).map(([name, value]) => [name.toUpperCase(), value]));
    expect(identify(mixed)).toStrictEqual(USER);
    expect(identify({ 'X-WX-OpenId': OPEN_ID, 'X-wx-AppID': sample.appId, 'X-Wx-Source': 'x' })).toMatchObject({
      openId: OPEN_ID,
    });
    expect(identify(new Headers(mixed))).toStrictEqual(USER);
    expect(identify(new Map(Object.entries(OURS)))).toStrictEqual(USER);
    expect(identify(Object.assign(Object.create(null), OURS, { get: 'x' }))).toStrictEqual(USER);
  });

  test('as Node reads them name the user', async () => {
    let named;
    const server = http.createServer((req, res) => {
      named = [identify(req.headers), identify(req.headersDistinct), identify(req.rawHeaders)];
      res.end();
    });
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const ask = async (headers) => {
      const request = http.get({ port: server.address().port, headers, agent: false });
      (await once(request, 'response'))[0].resume();
      return named;
    };
    expect(await ask(OURS)).toEqual([USER, null, null]);
    expect(await ask({ ...OURS, get: 'x', 'x-wx-get': 'y' })).toEqual([USER, null, null]);
    expect(await ask({ ...OURS, 'x-wx-openid': [OPEN_ID, 'o2'] })).toEqual([null, null, null]);
  });

  test.each(Object.keys(OURS))('without %s name nobody', (name) => {
    expect(identify(without(OURS, name))).toBe(null);
    for (const value of ['', ' ', 'a b', 'a, b', 'a\r\nb', 'ü', 'x'.repeat(129), [OURS[name]], {}, 7, null, true]) {
      expect(identify({ ...OURS, [name]: value })).toBe(null);
    }
  });

  test('of another mini-program name nobody', () => {
    for (const appId of ['wx-third', `${sample.appId}x`, sample.appId.toUpperCase(), 'undefined', 'null']) {
      expect(identify({ ...OURS, 'x-wx-appid': appId })).toBe(null);
    }
  });

  test('that stand there twice, in two cases, name nobody', () => {
    for (const name of Object.keys(OURS)) {
      expect(identify({ ...OURS, [name.toUpperCase()]: OURS[name] })).toBe(null);
      expect(identify({ [name.toUpperCase()]: 'wx-other', ...OURS })).toBe(null);
    }
    expect(identify({ ...OURS, 'X-WX-FROM-OPENID': 'o2', 'x-wx-from-openid': '' })).toBe(null);
  });

  test('that are inherited are none', () => {
    expect(identify(Object.create(OURS))).toBe(null);
  });
});

describe('shared resources', () => {
  test('are used by a user of the other mini-program, where it is listed', () => {
    expect(identify(SHARED)).toStrictEqual(OTHER);
    app = open(true);
    expect(identify(SHARED)).toBe(null);
    expect(identify(OURS)).toStrictEqual(USER);
  });

  test('never make one of both users', () => {
    for (const name of ['x-wx-from-openid', 'x-wx-from-appid']) expect(identify(without(SHARED, name))).toBe(null);
    expect(identify(without(SHARED, 'x-wx-from-unionid'))).toStrictEqual(without(OTHER, 'unionId'));
    expect(identify({ ...SHARED, 'x-wx-unionid': 'u1' })).toStrictEqual(OTHER);
    expect(identify({ ...OURS, 'x-wx-from-unionid': 'u2' })).toBe(null);
    expect(identify({ ...OURS, 'x-wx-from-openid': 'o2' })).toBe(null);
  });

  test('are not in use where the headers for them are empty', () => {
    const empty = { 'x-wx-from-openid': '', 'x-wx-from-appid': '', 'x-wx-from-unionid': '' };
    expect(identify({ ...OURS, ...empty })).toStrictEqual(USER);
    expect(identify(new Headers({ ...OURS, ...empty }))).toStrictEqual(USER);
  });

  test('of ours by ourselves name our user', () => {
    expect(identify({ ...SHARED, 'x-wx-from-appid': sample.appId })).toStrictEqual({ ...OTHER, appId: sample.appId });
  });

  test('need the mini-program’s own header no more than its id is needed', () => {
    app = open({ appIds: ['wx-other'] }, { appId: null, secret: null });
    expect(identify(SHARED)).toStrictEqual(OTHER);
    expect(identify(OURS)).toBe(null);
    expect(identify(without(OURS, 'x-wx-appid'))).toBe(null);
  });
});

test('what are no headers name nobody, and nothing is thrown', () => {
  const explode = () => {
    throw new Error('x');
  };
  const odd = [
    ...ODD.map((make) => make()),
    { get: explode },
    { get: async () => OPEN_ID },
    { get: () => ({ toString: () => OPEN_ID }) },
    { ...OURS, get: () => undefined },
    Object.defineProperty({ ...OURS }, 'x-wx-openid', { get: explode, enumerable: true }),
    new Proxy({}, { ownKeys: explode }),
    JSON.stringify(OURS),
    [OURS],
    Object.entries(OURS),
    Object.entries(OURS).flat(),
  ];
  for (const headers of odd) expect(identify(headers)).toBe(null);
  expect(identify()).toBe(null);
});

test('headers that were spoiled at random name the user or nobody', () => {
  const random = generator();
  for (let i = 0; i < 2000; i += 1) {
    const entries = Object.entries(random.pick([OURS, SHARED]));
    const at = random.below(entries.length);
    entries[at] = random.below(2)
      ? [mutate(random, entries[at][0]), entries[at][1]]
      : [entries[at][0], mutate(random, entries[at][1])];
    const named = identify(Object.fromEntries(entries));
    if (named === null) continue;
    expect([sample.appId, 'wx-other']).toContain(named.appId);
    expect(`${named.openId}${named.unionId ?? ''}${named.source}`).toMatch(/^[!-~]+$/);
  }
});

test('the list of mini-programs is the one that was given', () => {
  const appIds = ['wx-other'];
  app = open({ appIds });
  appIds.push('wx-third');
  expect(identify({ ...SHARED, 'x-wx-from-appid': 'wx-third' })).toBe(null);
});

test('outside of the cloud every header could be forged: they name nobody', () => {
  app = open(false);
  expect(identify(OURS)).toBe(null);
  app = createApp();
  expect(identify(OURS)).toBe(null);
});

test('a session follows', async () => {
  const { openId } = identify(OURS);
  const { token } = await app.sessions.issue(openId, { openId });
  expect(await app.verify(token)).toMatchObject({ userId: OPEN_ID, openId: OPEN_ID });
});
