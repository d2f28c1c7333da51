'use strict';

// What readers of a package say of ours as it is published.

const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');
const { layOut } = require('./install/registry');

const run = promisify(execFile);
const tool = (name) => path.join(__dirname, '..', 'node_modules', '.bin', name);

let folder;
beforeAll(() => {
  ({ folder } = layOut().pop());
});

test('publint has nothing to say', async () => {
  expect((await run(tool('publint'), ['run', folder, '--strict'])).stdout).toContain('All good!');
});

test('are-the-types-wrong finds nothing wrong', async () => {
  const { stdout } = await run(tool('attw'), ['--pack', folder, '--format', 'json']);
  const { analysis, problems } = JSON.parse(stdout);
  expect(analysis.types).toEqual({ kind: 'included' });
  expect(problems ?? {}).toEqual({});
}, 60000);
