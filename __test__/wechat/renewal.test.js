'use strict';

const path = require('node:path');
const { atOnce, rejection, sample, seen, startRedis, tempDir, told, within } = require('../support');
const { tcpProxy } = require('../support/tcp-proxy');
const { NUMBER, PHONE, STABLE_TOKEN, ownWeChat } = require('./support');

const here = ownWeChat();

const get = (app) => app.wechat.getPhoneNumber(here.wechat.phone());

let server;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(() => server.redis.flushall());

const STORES = {
  memory: () => 'memory',
  redis: () => server.url,
  file: () => ({ file: path.join(tempDir(), 'tokens.db') }),
};

/**
 * WeChat is silent about access tokens for that many requests. Returns how many of them wait, and
 * the most that waited at once.
 */
function silence(requests = 1000) {
  const waiting = { now: 0, most: 0 };
  const silent = (_req, res) => {
    waiting.now += 1;
    waiting.most = Math.max(waiting.most, waiting.now);
    res.once('close', () => {
      waiting.now -= 1;
    });
  };
  here.wechat.interrupt(STABLE_TOKEN, ...Array(requests).fill(silent));
  return waiting;
}

describe.each(Object.keys(STORES))('the access token (%s)', (name) => {
  let tokens;
  beforeEach(() => {
    tokens = STORES[name]();
  });
  const open = (timeout = 400) => here.open({ tokens, options: { wechat: { timeout } } });

  test('is asked for once by 200 calls, where WeChat is silent, and they fail together', async () => {
    const app = open();
    silence(1);
    const errors = await within(
      10000,
      atOnce(200, () => rejection(get(app))),
    );
    const said = { code: 6008, message: expect.stringContaining('within 400 ms'), retryable: false };
    expect(errors.map(seen)).toStrictEqual(Array(200).fill(said));
    expect([here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([1, 0]);
    expect(await get(app)).toStrictEqual(NUMBER);
    expect(here.count(STABLE_TOKEN)).toBe(2);
  });

  test.each([
    ['refuses', { errcode: -1, errmsg: 'system error' }, { errcode: -1, retryable: true }],
    ['fails', { raw: { status: 502, body: '' } }, { retryable: false }],
    ['cuts the connection', (_req, res) => res.destroy(), { retryable: false }],
  ])('is asked for once by 200 calls, where WeChat %s at once', async (_how, reply, said) => {
    const app = open();
    here.wechat.interrupt(STABLE_TOKEN, reply);
    const errors = await atOnce(200, () => rejection(get(app)));
    for (const error of errors) expect(error).toMatchObject({ code: 6008, ...said });
    expect([here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([1, 0]);
    expect(await get(app)).toStrictEqual(NUMBER);
  });

  test('that was taken back is asked for once, where WeChat is silent', async () => {
    const app = open();
    await get(app);
    here.wechat.revokeAccessTokens();
    silence(1);
    const errors = await within(
      10000,
      atOnce(50, () => rejection(get(app))),
    );
    for (const error of errors) expect(error).toMatchObject({ code: 6008, retryable: false });
    expect([here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([2, 51]);
    expect(await get(app)).toStrictEqual(NUMBER);
    expect(here.count(STABLE_TOKEN)).toBe(3);
  });

  test.each([
    ['silent', () => {}],
    ['ill', { raw: { status: 500, body: '' } }],
  ])('that is good for a while serves on, where WeChat is %s', async (_how, reply) => {
    const app = open();
    here.wechat.interrupt(STABLE_TOKEN, here.wechat.accessToken({ expiresIn: 250 }));
    await get(app);
    here.wechat.interrupt(STABLE_TOKEN, ...Array(50).fill(reply));
    for (let round = 0; round < 3; round += 1) {
      const numbers = await within(
        10000,
        atOnce(20, () => get(app)),
      );
      expect(numbers).toEqual(Array(20).fill(NUMBER));
    }
    expect(here.count(STABLE_TOKEN)).toBe(2);
  });

  if (name === 'memory') return;

  test('is asked for once by several objects, where WeChat is silent, and they fail together', async () => {
    const apps = Array.from({ length: 4 }, () => open(500));
    const waiting = silence(1);
    const errors = await within(
      5000,
      atOnce(200, (i) => rejection(get(apps[i % apps.length]))),
    );
    for (const error of errors) expect(error).toMatchObject({ code: 6008, retryable: expect.any(Boolean) });
    expect([waiting.most, here.count(STABLE_TOKEN), here.count(PHONE)]).toEqual([1, 1, 0]);
    expect(errors.filter((error) => told(error).includes('another process'))).toHaveLength(150);
    expect(await Promise.all(apps.map(get))).toEqual(Array(4).fill(NUMBER));
    expect(here.count(STABLE_TOKEN)).toBe(2);
  });

  test('is not given up where the other that fails has another secret', async () => {
    const [app, other] = [open(), here.open({ tokens, secret: 'another' })];
    let refuse;
    const asked = new Promise((resolve) => {
      here.wechat.interrupt(STABLE_TOKEN, (_req, res) => {
        refuse = () => res.end('{"errcode":40125}');
        resolve();
      });
    });
    const refused = rejection(get(other));
    await asked;
    setTimeout(refuse, 200);
    expect(await get(app)).toStrictEqual(NUMBER);
    expect(await refused).toMatchObject({ errcode: 40125 });
  });
});

describe('the lock of a renewal, which another process has taken since the holder looked', () => {
  const LOCK = `mpauthx:access-token:${sample.appId}:renewal`;

  /** The second change of the lock in redis is held until another process has it. */
  async function holding() {
    let changes = 0;
    const toServer = async (piece, to) => {
      if (piece.includes(LOCK) && !piece.includes('\r\nGET\r\n')) changes += 1;
      if (changes === 2) await server.redis.set(LOCK, 'another', 'PX', 60000);
      to.write(piece);
    };
    const { url } = await tcpProxy(server.port, () => ({ toServer }));
    return { app: here.open({ tokens: url }), changes: () => changes };
  }

  test.each([
    ['let go', 0],
    ['prolonged', 5500],
  ])(
    'is not %s',
    async (_what, delay) => {
      const { app, changes } = await holding();
      const reply = here.wechat.accessToken({ expiresIn: 7200 });
      here.wechat.interrupt(STABLE_TOKEN, (_req, res) => void setTimeout(() => res.end(JSON.stringify(reply)), delay));
      expect(await get(app)).toStrictEqual(NUMBER);
      expect(changes()).toBeGreaterThanOrEqual(delay ? 3 : 2);
      expect(await server.redis.get(LOCK)).toBe('another');
    },
    30000,
  );
});
