'use strict';

// What jest's --detectOpenHandles says of an application that closes its objects.

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, runNode, startFakeWeChat, startRedis, tempDir } = require('../support');

const MODULES = path.join(ROOT, '__test__', 'node_modules');

/** The one that is built for this version of Node. */
const DRIVER = process.env.BETTER_SQLITE3 || path.join(MODULES, 'better-sqlite3');

/** What a jest of its own prints about `open-handles.js`. */
async function run(closes) {
  const [folder, wechat, { url }] = [tempDir(), await startFakeWeChat(), await startRedis()];
  fs.copyFileSync(path.join(__dirname, 'open-handles.js'), path.join(folder, 'open-handles.test.js'));
  const config = { rootDir: folder, testEnvironment: 'node', transform: {} };
  const given = { root: ROOT, redis: url, folder, endpoint: wechat.endpoint, driver: DRIVER, closes };
  const { code, stderr } = await runNode(path.join(MODULES, 'jest', 'bin', 'jest.js'), {
    args: ['--config', JSON.stringify(config), '--detectOpenHandles', '--forceExit'],
    env: { OPEN_HANDLES: JSON.stringify(given) },
    timeout: 60000,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Tests:       12 passed, 12 total') });
  return stderr;
}

test('nothing is open after close', async () => {
  expect(await run(true)).not.toMatch(/open handle/);
}, 90000);

test('what is not closed is open, and jest says where it was made', async () => {
  expect(await run(false)).toMatch(/detected the following \d+ open handles.*createCalls/s);
}, 90000);
