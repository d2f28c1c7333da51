// `npm run test:windows [-- path …]`: compiles the addon for Windows by the profile for tests, and
// runs the part of the suite for any machine by a Node for Windows, under Wine.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { compile, FOLDER, PYTHON } from './compile.mjs';
import { unpackPackage } from './npm-package.mjs';
import { BETTER_SQLITE3 } from './other-nodes.mjs';
import { readJson } from './packages.mjs';
import { beginInstallTests, ensureLoader, installFull, main, root, step } from './run.mjs';
import { sqlite3ForWindows } from './sqlite3-for-windows.mjs';
import { NODES, nodeUnderWine } from './wine.mjs';

const PLATFORM = 'win32-x64-msvc';
const WINDOWS = path.join(FOLDER, 'windows');

/** Where the tests are run: a copy, since what they load is for Windows there. */
const HOME = path.join(WINDOWS, 'home');
const MODULES = path.join(HOME, '__test__', 'node_modules');

/** What the tests do not read. */
const NOT_COPIED = ['.git', 'node_modules', 'target'];

main(async () => {
  const [, , ...given] = process.argv;
  await ensureLoader();
  await beginInstallTests()();
  await installFull();
  const addon = await compile(PLATFORM, 'fast');
  const [command, ...node] = await nodeUnderWine(NODES.at(-1), FOLDER, PYTHON);
  copyTests();
  cpSync(addon, path.join(HOME, `mpauthx.${PLATFORM}.node`));
  const env = { BETTER_SQLITE3: await addDependencies() };
  const jest = path.join(MODULES, 'jest', 'bin', 'jest.js');
  const config = path.join(HOME, '__test__', 'jest.anywhere.config.js');
  const args = [...node, jest, '--config', config, '--runInBand', ...given];
  await step({ title: 'jest under Wine', command, args, cwd: HOME, env });
});

/** Copies the package and its tests: links of files, for none that is there is written to. */
function copyTests() {
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(HOME, { recursive: true });
  for (const name of readdirSync(root).filter((each) => !NOT_COPIED.includes(each) && !each.endsWith('.node'))) {
    execFileSync('cp', ['-al', path.join(root, name), HOME]);
  }
}

/** Adds what the tests load that is compiled; returns where better-sqlite3 is. */
async function addDependencies() {
  const sqlite3 = path.join(MODULES, 'sqlite3', 'build', 'Release', 'node_sqlite3.node');
  rmSync(sqlite3); // has another name elsewhere
  cpSync(await sqlite3ForWindows(FOLDER, PYTHON), sqlite3);
  const { version } = readJson(path.join(MODULES, 'unrs-resolver', 'package.json'));
  const resolver = '@unrs/resolver-binding-win32-x64-msvc';
  const unpacked = await unpackPackage(`${resolver}@${version}`, path.join(WINDOWS, `resolver-${version}`));
  cpSync(unpacked, path.join(MODULES, resolver), { recursive: true });
  return unpackPackage(BETTER_SQLITE3, path.join(WINDOWS, BETTER_SQLITE3));
}
