'use strict';

// How long what the short way needs lives: its connection, what it keeps, and the process.

const path = require('node:path');
const {
  connections,
  createApp,
  everybody,
  isValid,
  issue,
  lastLine,
  rejection,
  runNode,
  startRedis,
  until,
} = require('../../support');
const { past, pause } = require('../../support/wait');
const { untilDirect } = require('./support');

let server;
beforeAll(async () => {
  server = await startRedis();
});
afterEach(() => jest.restoreAllMocks());

test.each([
  ['an object that was dropped is collected, and its connection ends', 'dropped'],
  ['a connection that has ended is collected', 'reconnected'],
  ["a request's context is let go, while other checks are under way", 'context'],
  ['a token keeps nothing alive that it was cut from', 'slices'],
  ['nothing keeps the process whose redis has the second address of its name', 'addresses'],
])('%s', async (_what, name) => {
  const { code, stdout, stderr } = await runNode(path.join(__dirname, 'lifetime.js'), {
    nodeArgs: ['--expose-gc'],
    args: [server.url, name],
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(lastLine(stdout)).toBe(true);
});

test('no call after close goes the short way, then or later', async () => {
  const app = createApp({ redis: server, db: everybody() });
  const token = await issue(app, 'o1');
  await untilDirect(app, token);
  await app.close();
  await past(0.5); // by then a connection that had failed would be made anew
  for (let i = 0; i < 10; i += 1) {
    expect(await isValid(app, token)).toBe(false);
    expect(await rejection(app.verify(token))).toMatchObject({ code: 6000 });
    await pause(10);
  }
  await until(async () => (await connections(server.redis)) === 1);
});
