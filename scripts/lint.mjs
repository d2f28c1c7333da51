// Formatters and linters: `npm run lint` checks, `npm run format` (`--fix`) repairs what can be
// repaired.

import path from 'node:path';
import { beginInstallTests, hostTarget, isMain, main, root, runAll, testTool } from './run.mjs';

const FUZZ = ['--manifest-path', path.join('fuzz', 'Cargo.toml')];

export function lints() {
  return [
    { title: 'cargo fmt', command: 'cargo', args: ['fmt', '--check'] },
    { title: 'cargo fmt (fuzz)', command: 'cargo', args: ['fmt', '--check', ...FUZZ] },
    // The profile of the tests, so that both share what is compiled.
    {
      title: 'cargo clippy',
      command: 'cargo',
      args: ['clippy', '--profile', 'fast', ...hostTarget(), '--all-targets', '--', '-D', 'warnings'],
    },
    { title: 'biome', command: testTool('biome'), args: ['check', '--error-on-warnings'] },
    { title: 'house', command: process.execPath, args: [path.join(root, 'scripts', 'house.mjs')] },
    { title: 'licenses', command: process.execPath, args: [path.join(root, 'scripts', 'licenses.mjs'), '--check'] },
  ];
}

function fixes() {
  return [
    { title: 'cargo fmt', command: 'cargo', args: ['fmt'] },
    { title: 'cargo fmt (fuzz)', command: 'cargo', args: ['fmt', ...FUZZ] },
    { title: 'biome', command: testTool('biome'), args: ['check', '--write'] },
  ];
}

if (isMain(import.meta.url)) {
  main(async () => {
    const finishInstallTests = beginInstallTests();
    await finishInstallTests();
    const failed = await runAll(process.argv.includes('--fix') ? fixes() : lints());
    if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`);
  });
}
