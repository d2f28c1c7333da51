// `npm test`: prepares a fresh clone, then runs lints, unit tests, type test and jest. `--full`:
// instead the heavy suites, all or those whose path is given. `--nodes`, or `--full` without a
// path: jest on the other versions of Node too; and `--full` without a path: fuzzing, briefly, and
// what a token file and user tables need of Windows.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lints } from './lint.mjs';
import { onOtherNodes } from './other-nodes.mjs';
import { findRedisServer } from './redis-server.mjs';
import { beginInstallTests, build, hostTarget, installFull, installRoot, main, runAll, testRoot } from './run.mjs';
import { hasWine } from './wine.mjs';

const [, , ...given] = process.argv;
const full = given.includes('--full');
const chosen = given.filter((argument) => !argument.startsWith('--'));
const nodes = given.includes('--nodes') || (full && chosen.length === 0);

/** Tests of what is different on Windows: files, their paths, rights and locks. */
const ON_WINDOWS = ['stores/file/', 'users/two-libraries'];

main(async () => {
  const finishInstallTests = beginInstallTests();
  await installRoot();
  await build();
  await finishInstallTests();
  if (full) await installFull();

  const folder = mkdtempSync(path.join(tmpdir(), 'mpauthx-test-'));
  try {
    const todo = steps(folder);
    const failed = await runAll(todo);
    if (failed.length > 0) {
      console.log(`\nfailed: ${failed.join(', ')}`);
      process.exitCode = 1;
    }
    // CI reads this line.
    console.log(`\n${count(todo)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function steps(folder) {
  const env = { REDIS_SERVER: findRedisServer() };
  const jest = ({ title, config = 'jest.config.js', args = [], node = process.execPath, env: more }) => {
    const report = path.join(folder, `${title}.json`);
    const program = path.join(testRoot, 'node_modules', 'jest', 'bin', 'jest.js');
    const fixed = [program, '--config', path.join(testRoot, config), '--json', '--outputFile', report];
    return { title, command: node, args: [...fixed, ...args], env: { ...env, ...more }, report };
  };
  if (full) {
    const heavy = jest({ title: 'jest (full)', config: 'jest.full.config.js', args: chosen });
    return nodes ? [heavy, ...onOtherNodes(folder, jest), ...brief()] : [heavy];
  }
  return [
    ...lints(),
    { title: 'cargo test', command: 'cargo', args: ['test', '--lib', '--profile', 'fast', ...hostTarget()] },
    tsc('typescript', 'tsconfig.json'),
    tsc('typescript', 'tsconfig.adapters.json'),
    tsc('typescript47', 'tsconfig.oldest.json'),
    jest({ title: 'jest' }),
  ];
}

/** A short share of what has a command of its own, where all heavy suites run. */
function brief() {
  if (chosen.length > 0) return [];
  const script = (title, ...args) => ({ title, command: process.execPath, args });
  const fuzz = script('fuzz', 'scripts/fuzz.mjs', '--seconds', '30');
  if (hasWine()) return [fuzz, script('windows', 'scripts/windows.mjs', ...ON_WINDOWS)];
  console.log('The share for Windows is left out: to install Wine wants root, and Debian.');
  return [fuzz];
}

/**
 * A check of the types by one of the TypeScripts that the tests bring, which share the name of
 * their command.
 */
function tsc(typescript, project) {
  const program = path.join(testRoot, 'node_modules', typescript, 'bin', 'tsc');
  return {
    title: `${typescript} ${project}`,
    command: process.execPath,
    args: [program, '--project', path.join(testRoot, project)],
  };
}

/**
 * What jest counted, each time it ran; a file that could not even be loaded counts as one failure.
 */
function count(steps) {
  let passed = 0;
  let failed = 0;
  for (const { report } of steps.filter((each) => each.report)) {
    const result = read(report);
    passed += result.numPassedTests;
    failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  }
  return `${passed} passed, ${failed} failed`;
}

function read(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 }; // jest ended before it could write
  }
}
