'use strict';

const path = require('node:path');
const { connections, runNode, startNode, startRedis, until } = require('../support');
const { hangingWeChat } = require('../support/hanging-wechat');

// Five rounds of four workers.
const TWENTY = 20;
const LIMIT = 120000;

// What Node says of a worker that ended so.
const ENDS = {
  terminate: { code: 1, errors: [] },
  exit: { code: 7, errors: [] },
  throw: { code: 1, errors: Array(TWENTY).fill('a worker was told to throw') },
};

describe.each(['redis', 'memory'])('workers with calls in flight, with tokens in %s,', (store) => {
  test.each(Object.entries(ENDS))(
    'end by %s, and the process works on and ends well',
    async (how, { code, errors }) => {
      const wechat = await hangingWeChat();
      const tokens = store === 'redis' ? (await startRedis()).url : store;
      const args = [JSON.stringify({ tokens, wechat, how })];
      const result = await runNode(path.join(__dirname, 'workers.js'), { args, timeout: LIMIT - 10000 });
      expect(result).toEqual({ code: 0, signal: null, stdout: expect.any(String), stderr: '' });
      expect(JSON.parse(result.stdout)).toEqual({ codes: Array(TWENTY).fill(code), errors });
    },
    LIMIT,
  );
});

test('a worker whose object is idle ends by itself', async () => {
  const { url } = await startRedis();
  const result = await runNode(`
    const { Worker } = require('node:worker_threads');
    const worker = new Worker(\`
      const wx = require('.')('wx', 'secret', 'shop', null, null, null, { tokens: '${url}' });
      wx.isTokenValid('o1|shop|${'0a'.repeat(32)}').catch(() => console.log('asked'));
    \`, { eval: true });
    worker.on('exit', (code) => console.log('ended with', code));
  `);
  expect(result).toEqual({ code: 0, signal: null, stdout: 'asked\nended with 0\n', stderr: '' });
});

test('a worker that ends while it closes leaves no connection behind', async () => {
  const { url, redis } = await startRedis();
  const wechat = await hangingWeChat();
  const before = await connections(redis);
  const { child, line } = startNode(`
    const { Worker } = require('node:worker_threads');
    const worker = new Worker(\`
      const { busy } = require('./__test__/robustness/busy');
      const wx = busy(${JSON.stringify({ tokens: url, wechat })});
      wx.refreshToken('o1').then(() => {
        wx.close();
        require('node:worker_threads').parentPort.postMessage('closing');
      });
    \`, { eval: true });
    worker.once('message', () => worker.terminate());
    worker.once('exit', () => console.log('over'));
    setInterval(() => {}, 1000);
  `);
  await line('over');
  await until(async () => (await connections(redis)) === before);
  child.kill();
});
