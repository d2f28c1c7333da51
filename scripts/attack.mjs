// `npm run test:linearizability` and `npm run soak`: prepares a fresh clone, then runs a program of
// the tests, with the arguments behind its name.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { findRedisServer } from './redis-server.mjs';
import { beginInstallTests, build, installRoot, main, testRoot } from './run.mjs';

const [, , name, ...given] = process.argv;

main(async () => {
  const finishInstallTests = beginInstallTests();
  await installRoot();
  await build();
  await finishInstallTests();
  const env = { ...process.env, REDIS_SERVER: findRedisServer() };
  const program = path.join(testRoot, name, 'main.js');
  process.exitCode = spawnSync(process.execPath, [program, ...given], { env, stdio: 'inherit' }).status ?? 1;
});
