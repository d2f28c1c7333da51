'use strict';

const { once } = require('node:events');
const net = require('node:net');
const {
  createApp,
  defer,
  everybody,
  isValid,
  login,
  rejection,
  rejections,
  startFakeWeChat,
  startNode,
  startRedis,
  within,
} = require('../../support');
const { silentRedis } = require('./odd-redis');

const TOKEN = `o1|shop|${'ab'.repeat(32)}`;
const MAX_CALLS = 65536;

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

const open = (tokens) => createApp({ wechat, db: everybody(), tokens });

/** The milliseconds until all of the calls have settled, and why they rejected. */
async function timed(...calls) {
  const start = performance.now();
  const errors = await within(10000, rejections(...calls), 'a call');
  return { errors, ms: performance.now() - start };
}

describe('deadline', () => {
  test('is when a call ends that a silent redis holds up, whichever it is', async () => {
    const app = open({ url: (await silentRedis()).url, deadline: 700 });
    const { errors, ms } = await timed(app.isTokenValid(TOKEN), app.refreshToken('o1'), login(app, wechat, 'o1'));
    const late = { code: 6000, message: expect.stringMatching(/^Error: redis did not answer within 700 ms/) };
    expect(errors).toMatchObject([late, late, late]);
    expect(ms).toBeGreaterThan(650);
    expect(ms).toBeLessThan(3500);
  });

  test('is 5000 ms where none is given', async () => {
    const app = open((await silentRedis()).url);
    const { errors, ms } = await timed(app.isTokenValid(TOKEN));
    expect(errors[0].message).toMatch(/within 5000 ms/);
    expect(ms).toBeGreaterThan(4900);
  });

  test('is one for all steps of an authorize', async () => {
    const server = await startRedis();
    const freeze = () => server.redis.client('PAUSE', 1800);
    const db = { has: () => freeze().then(() => false), add: () => {} };
    const app = createApp({ wechat, db, tokens: { url: server.url, deadline: 2000 } });
    await app.health();
    await freeze();
    const { code, encryptedData, iv } = wechat.user({ openId: 'o1' });
    const { errors, ms } = await timed(app.authorize(code, encryptedData, iv));
    expect(errors).toMatchObject([{ code: 6000, message: expect.stringMatching(/within 2000 ms/) }]);
    expect(ms).toBeLessThan(3000); // the two waits in a row are 3600
  });

  test('holds for health() too', async () => {
    const app = open({ url: (await silentRedis()).url, deadline: 300 });
    const health = await within(5000, app.health(), 'health');
    expect(health.tokens).toMatchObject({ ready: false, latencyMs: null, error: expect.stringMatching(/300 ms/) });
  });

  test('does not harm a redis that answers in time', async () => {
    const app = open({ url: (await startRedis()).url, deadline: 5000, connectTimeout: 5000 });
    expect(await isValid(app, await login(app, wechat, 'o1'))).toBe(true);
  });
});

/** Whether a connection to the port comes about, and soon. */
function isTaken(port) {
  const socket = net.connect(port, '127.0.0.1').on('error', () => {});
  defer(() => socket.destroy());
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 500, false);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/**
 * A port of a frozen process whose queue of connections is full: another connection is neither
 * taken nor refused.
 */
async function fullQueue() {
  const { child } = startNode(`
    const server = require('net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      process.stdout.write(String(server.address().port), () => process.kill(process.pid, 'SIGSTOP'));
    });`);
  const [port] = await once(child.stdout, 'data');
  for (let connections = 0; await isTaken(Number(port)); connections += 1) expect(connections).toBeLessThan(100);
  return `redis://127.0.0.1:${port}`;
}

test('connectTimeout is when an attempt to connect ends, also for those that wait for it', async () => {
  const app = open({ url: await fullQueue(), connectTimeout: 1200, deadline: 9000 });
  const calls = [];
  for (let i = 0; i < 12; i += 1) {
    calls.push(app.refreshToken('o1'));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { errors, ms } = await timed(...calls);
  const unreachable = { code: 6000, message: expect.stringMatching(/^Error: redis cannot be reached/) };
  for (const error of errors) expect(error).toMatchObject(unreachable);
  expect(ms).toBeGreaterThan(1100);
  expect(ms).toBeLessThan(6000);
});

test(`more than ${MAX_CALLS} calls at once are 6000 at once, and the others are still answered`, async () => {
  const server = await startRedis();
  const app = open({ url: server.url, deadline: 20000 });
  const token = await login(app, wechat, 'o1');
  server.pause();
  const fill = () => Array.from({ length: MAX_CALLS }, () => app.isTokenValid(token));
  const calls = fill();
  try {
    const error = await within(5000, rejection(app.isTokenValid(token)), 'one call too many');
    expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(/65536 calls at once/) });
    // Not after WeChat has been asked, or the application's object.
    const before = wechat.requests.length;
    const { code, encryptedData, iv } = wechat.user({ openId: 'o2' });
    for (const call of [app.authorize(code, encryptedData, iv), app.refreshToken('nobody')]) {
      expect(await within(5000, rejection(call), 'one call too many')).toMatchObject({
        code: 6000,
        message: expect.stringMatching(/65536 calls at once/),
      });
    }
    expect(wechat.requests.length).toBe(before);
  } finally {
    server.resume();
  }
  await within(25000, Promise.all(calls), 'the calls in flight');
  await app.isTokenValid(token);
  await within(25000, Promise.all(fill()), 'as many calls as soon as these are answered');
});
