// What require() takes in a fresh process.

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beginInstallTests, root, testRoot } from '../../scripts/run.mjs';
import { turns } from '../contestants.mjs';
import { summarize } from '../statistics.mjs';

const PROGRAM = fileURLToPath(new URL('../programs/load.cjs', import.meta.url));

export async function measureLoading(_redis, { loading }) {
  // sqlite3 compiles for minutes, and the tests have it.
  await beginInstallTests()();
  const here = createRequire(import.meta.url);
  const tests = createRequire(path.join(testRoot, 'package.json'));
  const { version } = tests('sqlite3/package.json');
  const modules = [
    { id: 'ours', title: 'mpauthx', files: [here.resolve(root)] },
    {
      id: 'dependencies',
      title: `what 1.3.2 loads: redis 2.8.0 and sqlite3 (${version} here)`,
      files: [here.resolve('node_redis'), tests.resolve('sqlite3')],
    },
  ];
  const found = new Map(modules.map(({ id }) => [id, []]));
  // One round that does not count: files that nobody has read yet come from the disk.
  for (const { files } of modules) await load(files);
  for (const { id, files } of turns(modules, loading.rounds)) found.get(id).push(await load(files));
  return modules.map(({ id, title }) => ({ id, title, ...summarize(found.get(id)) }));
}

async function load(files) {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...files]);
  return JSON.parse(stdout);
}
