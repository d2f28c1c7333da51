'use strict';

// The test files that docs/testing.md shows, in a folder of their own with the package in its
// node_modules, run by jest, vitest and node:test as they are.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, tempDir } = require('../../support');

const MODULES = path.join(ROOT, '__test__', 'node_modules');
const page = fs.readFileSync(path.join(ROOT, 'docs/testing.md'), 'utf8');

/** The files on the page: the first line of each says its name. */
const FILES = Object.fromEntries(
  [...page.matchAll(/^```js\n\/\/ (\S+\.m?js)\n(.*?)^```$/gms)].map(([, name, code]) => [name, code]),
);

/** How many tests each file on the page has. */
const COUNT = 7;

let folder;
beforeAll(() => {
  folder = tempDir();
  const modules = path.join(folder, 'node_modules');
  const addons = fs.readdirSync(ROOT).filter((name) => name.endsWith('.node'));
  for (const name of ['package.json', 'index.js', 'native.js', 'core', 'lib', ...addons]) {
    fs.cpSync(path.join(ROOT, name), path.join(modules, 'mpauthx', name), { recursive: true });
  }
  for (const name of ['express', 'jest', 'vitest']) fs.symlinkSync(path.join(MODULES, name), path.join(modules, name));
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  for (const [name, code] of Object.entries(FILES)) fs.writeFileSync(path.join(folder, name), code);
});

/** Runs Node in the folder: its exit code, and all that it prints. */
function run(...args) {
  // What the runner of this test says to those that it starts is not meant for others.
  const { NODE_OPTIONS, JEST_WORKER_ID, NODE_TEST_CONTEXT, ...env } = process.env;
  return new Promise((resolve) => {
    const given = { cwd: folder, env: { ...env, CI: '1', NO_COLOR: '1' }, timeout: 120000 };
    const child = execFile(process.execPath, args, given, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, said: stdout + stderr }),
    );
    child.stdin.end();
  });
}

/** The runners want Node 20: mock.timers, and vitest itself. */
const onNode20 = Number(process.versions.node.split('.')[0]) >= 20 ? test : test.skip;

test('the page has a file for each runner, and the application', () => {
  expect(Object.keys(FILES)).toEqual(['app.js', 'app.test.js', 'app.test.mjs', 'app.node.test.js']);
  for (const [name, code] of Object.entries(FILES)) {
    if (name !== 'app.js') expect([name, code.match(/^test\(/gm).length]).toEqual([name, COUNT]);
  }
});

test('jest', async () => {
  const { code, said } = await run('node_modules/jest/bin/jest.js', '--runTestsByPath', 'app.test.js');
  expect(said).toContain(`Tests:       ${COUNT} passed, ${COUNT} total`);
  expect(said).not.toMatch(/did not exit|failed to exit/);
  expect(code).toBe(0);
}, 130000);

onNode20(
  'vitest',
  async () => {
    const { code, said } = await run('node_modules/vitest/vitest.mjs', 'run', 'app.test.mjs');
    expect(said).toMatch(new RegExp(`Tests +${COUNT} passed \\(${COUNT}\\)`));
    expect(said).not.toMatch(/Error|Unhandled|close timed out/);
    expect(code).toBe(0);
  },
  130000,
);

onNode20(
  'node:test',
  async () => {
    const { code, said } = await run('--test', '--test-reporter=tap', 'app.node.test.js');
    expect(said).toMatch(new RegExp(`^# pass ${COUNT}$`, 'm'));
    expect(said).toMatch(/^# fail 0$/m);
    expect(code).toBe(0);
  },
  130000,
);
