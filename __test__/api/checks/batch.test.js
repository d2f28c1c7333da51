'use strict';

// Checks cross into the addon many at a time. Nobody may notice.

const path = require('node:path');
const {
  createApp,
  everybody,
  issue,
  isValid,
  newUser,
  rejection,
  rotate,
  runNode,
  startRedis,
  tempDir,
  within,
} = require('../../support');

const MANY = 10000;

let server;
beforeAll(async () => {
  server = await startRedis();
});

const STORES = {
  redis: () => server.url,
  'redis, cached': () => server.url,
  memory: () => 'memory',
  file: () => ({ file: path.join(tempDir(), 'tokens.db') }),
};
const open = (store, given) =>
  createApp({ tokens: STORES[store](), db: everybody(), options: { cache: store.includes('cached') }, ...given });

/** What a check came to: 'valid', 'invalid', or the code of the error. */
const outcome = (promise) =>
  promise.then(
    (value) => (value === undefined ? 'valid' : value),
    (reason) => (reason === undefined ? 'invalid' : reason.code),
  );
const outcomes = (promises) => Promise.all(promises.map(outcome));

/** Says which of `found` are not as `expected`. */
function expectAll(found, expected) {
  const wrong = expected.map((one, i) => [i, one, found[i]]).filter(([, one, other]) => one !== other);
  expect(found).toHaveLength(expected.length);
  expect(wrong).toEqual([]);
}

describe.each(Object.keys(STORES))('checks of tokens in %s', (store) => {
  test(`${MANY} in one tick get each its own answer`, async () => {
    const app = open(store);
    const live = [];
    for (let i = 0; i < 20; i += 1) live.push(await issue(app, newUser()));
    const dead = await issue(app, newUser());
    await app.sessions.revoke(dead);
    const kinds = [
      ...live.map((token) => [token, 'valid']),
      [dead, 'invalid'],
      ['', 'invalid'],
      [null, 'invalid'],
      [undefined, 'invalid'],
      [12, 'invalid'],
      [Symbol('token'), 'invalid'],
      [{}, 'invalid'],
      ['x\ny', 'invalid'],
      ['\n', 'invalid'],
      [`${live[0]}\n${live[1]}`, 'invalid'],
      [`${live[0]}\n`, 'invalid'],
      ['\ud800', 'invalid'],
      [live[0].toUpperCase(), 'invalid'],
      [new String(live[3]), 'valid'],
    ];
    const asked = Array.from({ length: MANY }, (_, i) => kinds[(i * 7) % kinds.length]);
    const found = await outcomes(asked.map(([token]) => app.isTokenValid(token)));
    expectAll(
      found,
      asked.map(([, expected]) => expected),
    );
  });

  test('made while others are settled are answered too', async () => {
    const app = open(store);
    const token = await issue(app, newUser());
    let answered = 0;
    const ask = async (left) => {
      await app.isTokenValid(token);
      answered += 1;
      if (left > 0) await Promise.all([ask(left - 1), rejection(app.isTokenValid('garbage'))]);
    };
    await within(30000, Promise.all(Array.from({ length: 100 }, () => ask(20))), 'checks from settled callbacks');
    expect(answered).toBe(2100);
  });

  test('stand in the order of the calls: what was asked before a revocation, and after it', async () => {
    const app = open(store);
    for (let round = 0; round < 20; round += 1) {
      const token = await issue(app, newUser());
      const [before, , revoked] = await Promise.all([
        outcome(app.isTokenValid(token)),
        outcome(app.isTokenValid('garbage')),
        app.sessions.revoke(token),
      ]);
      expect(revoked).toBe(true);
      expect(['valid', 'invalid']).toContain(before);
      expect(await outcome(app.isTokenValid(token))).toBe('invalid');
    }
  });

  test('asked before close are answered, after it refused', async () => {
    const app = open(store);
    const token = await issue(app, newUser());
    const before = Array.from({ length: 500 }, () => app.isTokenValid(token));
    const closing = app.close();
    const after = Array.from({ length: 500 }, () => app.isTokenValid(token));
    expectAll(await outcomes([...before, ...after]), [...Array(500).fill('valid'), ...Array(500).fill('invalid')]);
    await within(10000, closing, 'close');
  });

  test('of several objects at once do not get into each other', async () => {
    const apps = Array.from({ length: 5 }, (_, i) => open(store, { sku: `sku${i}` }));
    const tokens = await Promise.all(apps.map((app) => issue(app, newUser())));
    const shared = store.startsWith('redis');
    const asked = Array.from({ length: 2000 }, (_, i) => [i % 5, (i * 3) % 5]);
    const found = await outcomes(asked.map(([app, token]) => apps[app].isTokenValid(tokens[token])));
    expectAll(
      found,
      asked.map(([app, token]) => (shared || app === token ? 'valid' : 'invalid')),
    );
  });
});

describe('checks that come together', () => {
  const open = (given) => createApp({ redis: server, db: everybody(), ...given });

  test('do not share the fate of one that redis does not answer plainly', async () => {
    const app = open({ options: { sessions: { mode: 'each' } } });
    const token = await issue(app, newUser());
    const old = await issue(app, newUser());
    await rotate(app, old, { grace: 600 });
    const legacy = `o-legacy|shop|${'1a'.repeat(32)}`;
    await server.redis.hset(legacy, 'ctime', Date.now());
    const string = `o-text|shop|${'2b'.repeat(32)}`;
    await server.redis.set(string, 'text');
    const kinds = [
      [token, 'valid'],
      [string, 'invalid'],
      [old, 'valid'],
      [`o-none|shop|${'3c'.repeat(32)}`, 'invalid'],
      [legacy, 'valid'],
    ];
    const asked = Array.from({ length: 1000 }, (_, i) => kinds[i % kinds.length]);
    expectAll(
      await outcomes(asked.map(([one]) => app.isTokenValid(one))),
      asked.map(([, expected]) => expected),
    );
  });

  test('do not share the error of one whose key is not allowed', async () => {
    await server.redis.call('ACL', 'SETUSER', 'half', 'on', '>pass', '+@all', '~o-allowed*', '~mpauthx:*');
    const mine = open();
    const [allowed, forbidden] = [await issue(mine, 'o-allowed'), await issue(mine, 'o-forbidden')];
    const app = open({ tokens: `redis://half:pass@127.0.0.1:${server.port}` });
    const asked = Array.from({ length: 300 }, (_, i) => (i % 3 === 1 ? forbidden : allowed));
    expectAll(
      await outcomes(asked.map((one) => app.isTokenValid(one))),
      asked.map((one) => (one === forbidden ? 6000 : 'valid')),
    );
  });

  test('all end when redis is killed in the middle of them, and work again when it is back', async () => {
    const own = await startRedis();
    const app = createApp({ tokens: { url: own.url, deadline: 2000 }, db: everybody() });
    const token = await issue(app, newUser());
    const asked = [];
    for (let i = 0; i < 50; i += 1) {
      for (let n = 0; n < 200; n += 1) asked.push(outcome(app.isTokenValid(token)));
      if (i === 25) own.stop();
      await new Promise(setImmediate);
    }
    const found = new Set(await within(20000, Promise.all(asked), 'checks of a killed redis'));
    expect(found).toContain(6000);
    expect([...found].filter((one) => one !== 'valid' && one !== 6000)).toEqual([]);
    await startRedis({ port: own.port });
    const next = await issue(app, newUser());
    expect(await Promise.all([isValid(app, next), isValid(app, token)])).toEqual([true, false]);
  });

  test('more than an object takes at once are refused each for itself', async () => {
    const app = open({ tokens: { url: server.url, deadline: 25000 } }); // a busy machine needs time for so many
    const token = await issue(app, newUser());
    const found = await outcomes(Array.from({ length: 65536 + 100 }, () => app.isTokenValid(token)));
    expectAll(found, [...Array(65536).fill('valid'), ...Array(100).fill(6000)]);
    expect(await outcome(app.isTokenValid(token))).toBe('valid');
  });

  test.each(['redis', 'redis, cached', 'memory'])('hold the process until they are answered (%s)', async (store) => {
    const given = JSON.stringify({ tokens: STORES[store](), cache: store.includes('cached') });
    const result = await runNode(`
      const wx = require('.')(null, null, 'shop', new Set(), null, null, ${given});
      wx.sessions.issue('o1').then(({ token }) => {
        for (let i = 0; i < 3; i += 1) wx.isTokenValid(token).then(() => console.log('valid'));
        wx.isTokenValid('garbage').catch(() => console.log('invalid'));
      });
    `);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout.trim().split('\n').sort()).toEqual(['invalid', 'valid', 'valid', 'valid']);
  });

  test('in worker threads are answered there, and one that is terminated takes nobody along', async () => {
    const result = await runNode(`
      const { Worker } = require('node:worker_threads');
      const source = \`
        const { parentPort, workerData } = require('node:worker_threads');
        const wx = require('.')(null, null, 'shop', new Set(), null, null, workerData);
        wx.sessions.issue('o1').then(async ({ token }) => {
          for (let round = 0; ; round += 1) {
            await Promise.all(Array.from({ length: 500 }, () => wx.isTokenValid(token)));
            parentPort.postMessage(round);
          }
        });
      \`;
      const workers = Array.from({ length: 3 }, () => new Worker(source, { eval: true, workerData: { tokens: '${server.url}' } }));
      const ended = workers.map((worker, i) => new Promise((resolve) => {
        worker.on('message', (round) => { if (round === 3 + i) worker.terminate(); });
        worker.on('exit', resolve);
      }));
      Promise.all(ended).then((codes) => console.log(codes.join()));
    `);
    expect(result).toEqual({ code: 0, signal: null, stdout: '1,1,1\n', stderr: '' });
  });
});
