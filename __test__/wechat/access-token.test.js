'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { atOnce, refused, rejection, sample, SECRET, startRedis, tempDir, within } = require('../support');
const { NUMBER, PHONE, STABLE_TOKEN, ownWeChat, phoneProcess } = require('./support');

const here = ownWeChat();

const KEY = `mpauthx:access-token:${sample.appId}`;

const INVALID = (errcode) => ({ errcode, errmsg: 'invalid credential, access_token is invalid or not latest' });

const get = (app) => app.wechat.getPhoneNumber(here.wechat.phone());

/** Of each request for an access token, whether it made a new one by force. */
const forced = () => here.wechat.requestsOf(STABLE_TOKEN).map(({ json }) => json.force_refresh);

let server;
beforeAll(async () => {
  server = await startRedis({ args: ['--rdbcompression', 'no'] }); // so that dumps hold what there is as it is
});
beforeEach(() => server.redis.flushall());

/** Token stores, each for a test of its own. */
const STORES = {
  memory: () => 'memory',
  redis: () => server.url,
  tagged: () => ({ url: server.url, layout: 'tagged' }),
  file: () => ({ file: path.join(tempDir(), 'tokens.db') }),
};

describe.each(Object.keys(STORES))('the access token (%s)', (name) => {
  let tokens;
  beforeEach(() => {
    tokens = STORES[name]();
  });
  const open = (given) => here.open({ tokens, ...given });

  test('is asked for once, and used again and again', async () => {
    const app = open();
    for (let i = 0; i < 5; i += 1) expect(await get(app)).toStrictEqual(NUMBER);
    expect([here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([1, 5]);
  });

  test('is asked for once by many first calls at once', async () => {
    const app = open();
    await atOnce(20, () => get(app));
    expect(here.count(STABLE_TOKEN)).toBe(1);
  });

  test.each([1, 299, 300])('is renewed where %i s are left, and not before', async (expiresIn) => {
    const app = open();
    here.wechat.interrupt(
      STABLE_TOKEN,
      here.wechat.accessToken({ expiresIn }),
      here.wechat.accessToken({ expiresIn: 400 }),
    );
    await get(app);
    expect(here.count(STABLE_TOKEN)).toBe(1);
    await get(app);
    expect(here.count(STABLE_TOKEN)).toBe(2);
    await get(app);
    expect(here.count(STABLE_TOKEN)).toBe(2);
    expect(forced()).toEqual([false, false]);
  });

  test('that was taken back (40001) is renewed once, and the call repeated once', async () => {
    const app = open();
    await get(app);
    here.wechat.revokeAccessTokens();
    expect(await get(app)).toStrictEqual(NUMBER);
    expect([here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([2, 3]);
    expect(await get(app)).toStrictEqual(NUMBER);
    expect([here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([2, 4]);
    expect(forced()).toEqual([false, false]);
  });

  test('that is at its end (42001) is renewed once, and the call repeated once', async () => {
    const app = open();
    await get(app);
    here.wechat.pass(7200000);
    expect(await get(app)).toStrictEqual(NUMBER);
    expect([here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([2, 3]);
  });

  test.each([40001, 42001, 40014])('that is refused twice (%i) is given up', async (errcode) => {
    const app = open();
    here.wechat.interrupt(PHONE, INVALID(errcode), INVALID(String(errcode)));
    expect(await rejection(get(app))).toMatchObject({ code: 6008, errcode, retryable: false });
    expect(here.count(PHONE)).toBe(2);
    // WeChat gives the same again, so that one is made by force.
    expect(forced()).toEqual([false, false, true]);
    expect(await get(app)).toStrictEqual(NUMBER);
    expect(forced()).toHaveLength(3);
  });

  test('is renewed once where many calls meet its end at once', async () => {
    const app = open();
    await get(app);
    here.wechat.revokeAccessTokens();
    expect(await atOnce(20, () => get(app))).toEqual(Array(20).fill(NUMBER));
    expect(here.count(STABLE_TOKEN)).toBe(2);
  });

  test('that another server of the application made by force is found by renewing', async () => {
    const app = open();
    await get(app);
    here.wechat.revokeAccessTokens();
    here.wechat.accessToken();
    expect(await get(app)).toStrictEqual(NUMBER);
    expect([here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([2, 3]);
  });

  test('outlives a refusal of the code', async () => {
    const app = open();
    for (let i = 0; i < 3; i += 1) {
      expect(await rejection(app.wechat.getPhoneNumber('nobody made this code'))).toMatchObject({ errcode: 40029 });
    }
    expect(await get(app)).toStrictEqual(NUMBER);
    expect(here.count(STABLE_TOKEN)).toBe(1);
  });

  test('is another for another mini-program', async () => {
    await get(open());
    expect(await rejection(get(open({ appId: 'wx-other' })))).toMatchObject({ code: 6008, errcode: 40013 });
    expect(await get(open())).toStrictEqual(NUMBER);
  });
});

describe.each(['redis', 'tagged', 'file'])('the access token (%s), of several', (name) => {
  let tokens;
  beforeEach(() => {
    tokens = STORES[name]();
  });

  /** Runs that many processes, ten calls each. */
  async function race(processes) {
    const workers = await atOnce(processes, () => phoneProcess(here.wechat, tokens, 10));
    for (const { go } of workers) go();
    const answers = await Promise.all(workers.map(({ numbers }) => numbers()));
    expect(answers.flat()).toEqual(Array(10 * processes).fill(NUMBER));
  }

  test('objects is one', async () => {
    const apps = [1, 2, 3].map(() => here.open({ tokens }));
    await atOnce(20, (i) => get(apps[i % 3]));
    await get(here.open({ tokens, sku: 'other' }));
    expect(here.count(STABLE_TOKEN)).toBe(1);
  });

  test('processes is one', async () => {
    await race(2);
    expect(here.count(STABLE_TOKEN)).toBe(1);
    await race(2);
    expect(here.count(STABLE_TOKEN)).toBe(1);
  });

  test('processes is renewed early by one of them', async () => {
    here.wechat.interrupt(STABLE_TOKEN, here.wechat.accessToken({ expiresIn: 250 }));
    await get(here.open({ tokens }));
    await race(2);
    expect(here.count(STABLE_TOKEN)).toBe(2);
  });

  test('processes is renewed by one of them where it was taken back', async () => {
    await get(here.open({ tokens }));
    here.wechat.revokeAccessTokens();
    await race(2);
    expect(here.count(STABLE_TOKEN)).toBe(2);
  });

  test('is not for those who have another secret', async () => {
    await get(here.open({ tokens }));
    const other = here.open({ tokens, secret: `${SECRET}2` });
    expect(await rejection(get(other))).toMatchObject({ code: 6008, errcode: 40125 });
    expect(await get(here.open({ tokens }))).toStrictEqual(NUMBER);
  });

  test('is nowhere to be read', async () => {
    await get(here.open({ tokens }));
    const [accessToken] = here.wechat.accessTokens();
    const stored = await everything();
    expect(stored).toContain(`access-token:${sample.appId}`);
    for (const secret of [accessToken, SECRET]) {
      for (const encoding of ['utf8', 'hex', 'base64']) {
        expect(stored).not.toContain(Buffer.from(secret).toString(encoding).slice(0, -4));
      }
    }
  });

  /** All bytes of the store. */
  async function everything() {
    if (name === 'file') {
      const dir = path.dirname(tokens.file);
      return fs
        .readdirSync(dir)
        .map((file) => fs.readFileSync(path.join(dir, file), 'latin1'))
        .join('\n');
    }
    const keys = await server.redis.keys('*');
    const values = await Promise.all(keys.map(async (key) => (await server.redis.dumpBuffer(key)).toString('latin1')));
    return [...keys, ...values].join('\n');
  }
});

describe('the access token in redis', () => {
  test.each(['redis', 'tagged'])('stands under one key, which ends with it, and leaves no lock (%s)', async (name) => {
    await get(here.open({ tokens: STORES[name]() }));
    expect(await server.redis.keys('*access-token*')).toEqual([KEY]);
    const left = await server.redis.ttl(KEY);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(7200);
  });

  test('that is garbage is renewed', async () => {
    const app = here.open({ tokens: server.url });
    for (const garbage of ['', 'garbage', '{"token":"x"}']) {
      await server.redis.set(KEY, garbage);
      expect(await get(app)).toStrictEqual(NUMBER);
    }
  });

  test('cannot be asked for: 6000 within bounds', async () => {
    const own = await startRedis();
    const app = here.open({ tokens: own.url });
    expect(await get(app)).toStrictEqual(NUMBER);
    await own.stop();
    expect(await within(15000, refused(get(app)))).toEqual({
      code: 6000,
      message: expect.stringMatching(/^Error: /),
    });
  });
});
