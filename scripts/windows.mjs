// `npm run test:windows [-- path …]`: compiles the addon for Windows by the profile for tests, and
// runs the part of the suite for any machine by a Node for Windows, under Wine.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { compile, FOLDER, PYTHON } from './compile.mjs';
import { beginInstallTests, ensureLoader, installFull, main, root, step } from './run.mjs';
import { sqlite3ForWindows } from './sqlite3-for-windows.mjs';
import { NODES, nodeUnderWine } from './wine.mjs';

const PLATFORM = 'win32-x64-msvc';

/** What the tests do not read. */
const NOT_COPIED = ['.git', 'node_modules', 'target'];

main(async () => {
  const [, , ...given] = process.argv;
  await ensureLoader();
  await beginInstallTests()();
  await installFull();
  const addon = await compile(PLATFORM, 'fast');
  const node = await nodeUnderWine(NODES.at(-1), FOLDER, PYTHON);
  const home = path.join(FOLDER, 'windows', 'home');
  copyTests(home);
  cpSync(addon, path.join(home, `mpauthx.${PLATFORM}.node`));
  replace(
    path.join(home, '__test__', 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node'),
    await sqlite3ForWindows(FOLDER, PYTHON),
  );
  const jest = path.join(home, '__test__', 'node_modules', 'jest', 'bin', 'jest.js');
  const args = [jest, '--config', path.join(home, '__test__', 'jest.anywhere.config.js'), '--runInBand'];
  await step({ title: 'jest under Wine', command: node[0], args: [...node.slice(1), ...args, ...given], cwd: home });
});

/** Copies the package and its tests: links of files, for most of them are never written. */
function copyTests(home) {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  for (const name of readdirSync(root).filter((each) => !NOT_COPIED.includes(each) && !each.endsWith('.node'))) {
    execFileSync('cp', ['-al', path.join(root, name), home]);
  }
}

/** Not `cpSync` over it: the file has another name elsewhere. */
function replace(file, by) {
  rmSync(file);
  cpSync(by, file);
}
