'use strict';

const { runNode } = require('../support');

test('quick mutants are killed', async () => {
  const { code, stdout } = await runNode('scripts/mutants.mjs', { args: ['--quick', '--built'], timeout: 170000 });
  expect(stdout).not.toMatch(/^survives/m);
  expect(stdout).toMatch(/^killed/m);
  expect(code).toBe(0);
}, 180000);
