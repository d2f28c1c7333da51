// `npm test`: prepares a fresh clone, then runs lints, unit tests, type test and jest. `--full`: the heavy suites instead, all or
// those whose path is given.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lints } from './lint.mjs';
import { findRedisServer } from './redis-server.mjs';
import {
  beginInstallTests,
  build,
  hostTarget,
  installFull,
  installRoot,
  main,
  runAll,
  testRoot,
  testTool,
} from './run.mjs';

const [, , ...given] = process.argv;
const full = given.includes('--full');
const chosen = given.filter((argument) => !argument.startsWith('--'));

main(async () => {
  const finishInstallTests = beginInstallTests();
  await installRoot();
  await build();
  await finishInstallTests();
  if (full) await installFull();
  const redisServer = findRedisServer();

  const folder = mkdtempSync(path.join(tmpdir(), 'mpauthx-test-'));
  const report = path.join(folder, 'jest.json');
  try {
    const failed = await runAll(steps(redisServer, report));
    if (failed.length > 0) {
      console.log(`\nfailed: ${failed.join(', ')}`);
      process.exitCode = 1;
    }
    // CI reads this line.
    console.log(`\n${count(report)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function steps(redisServer, report) {
  const config = path.join(testRoot, full ? 'jest.full.config.js' : 'jest.config.js');
  const jest = {
    title: full ? 'jest (full)' : 'jest',
    command: testTool('jest'),
    args: ['--config', config, '--json', '--outputFile', report, ...chosen],
    env: { REDIS_SERVER: redisServer },
  };
  if (full) return [jest];
  return [
    ...lints(),
    { title: 'cargo test', command: 'cargo', args: ['test', '--lib', '--profile', 'fast', ...hostTarget()] },
    tsc('typescript', 'tsconfig.json'),
    tsc('typescript47', 'tsconfig.oldest.json'),
    jest,
  ];
}

/** A check of the types by one of the TypeScripts that the tests bring, which share the name of their command. */
function tsc(typescript, project) {
  const program = path.join(testRoot, 'node_modules', typescript, 'bin', 'tsc');
  return {
    title: `${typescript} ${project}`,
    command: process.execPath,
    args: [program, '--project', path.join(testRoot, project)],
  };
}

/** What jest counted; a file that could not even be loaded counts as one failure. */
function count(report) {
  let result = { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    // jest ended before it could write.
  }
  return `${result.numPassedTests} passed, ${result.numFailedTests + result.numRuntimeErrorTestSuites} failed`;
}
