'use strict';

// `npm install`, as it happens to who uses the package.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { tempDir } = require('../support');
const { bareEnvironment, layOut, publish, runBare, startRegistry } = require('./registry');

const HOST = `mpauthx-linux-${process.arch}-gnu`;
const { version } = require('../../package.json');

let packages;
let env;
beforeAll(async () => {
  packages = layOut();
  const registry = await startRegistry();
  await publish(registry, packages);
  env = bareEnvironment(registry);
}, 180000);

/** An empty application into which the package is installed. */
async function install(...flags) {
  const folder = tempDir();
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "name": "application", "private": true }');
  const begun = process.hrtime.bigint();
  await runBare(env, folder, 'npm', ['install', 'mpauthx', '--no-audit', '--no-fund', ...flags]);
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  return { folder, seconds, installed: installedIn(folder) };
}

const installedIn = (folder) =>
  fs.readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));

const LOG_IN = `
const mpauthx = require('mpauthx');
const auth = mpauthx('wx', 'secret', 'shop', 'users.db', null, 60, { tokens: 'memory', createTable: true });
auth.sessions.issue('o1').then(({ response }) => auth.isTokenValid(response)).then(() => console.log('logged in'));
`;

test('the machine has no cargo and no compiler', () => {
  for (const name of ['cargo', 'rustc', 'cc', 'gcc', 'c++', 'make', 'python3']) {
    expect(spawnSync(name, ['--version'], { env }).error?.code).toBe('ENOENT');
  }
});

test('npm installs the package, the binary of this platform, and nothing else; and it works', async () => {
  const { folder, seconds, installed } = await install();
  expect(installed.sort()).toEqual(['mpauthx', HOST]);
  const { stdout } = await runBare(env, folder, 'node', ['-e', LOG_IN]);
  expect(stdout).toBe('logged in\n');
  const sizes = packages.map(({ name, size }) => `${name} ${(size / 1e6).toFixed(2)} MB`);
  console.log(`npm install mpauthx: ${seconds.toFixed(1)} s; unpacked: ${sizes.join(', ')}`);
}, 60000);

test('the files that are installed name the licenses of what is in the binary', async () => {
  const { folder } = await install();
  for (const name of ['mpauthx', HOST]) {
    for (const file of ['LICENSE', 'THIRD-PARTY-LICENSES.md', 'README.md', 'package.json']) {
      expect(fs.existsSync(path.join(folder, 'node_modules', name, file))).toBe(true);
    }
  }
}, 60000);

test('without optional dependencies, requiring says what is missing and what to do', async () => {
  const { folder, installed } = await install('--omit=optional');
  expect(installed).toEqual(['mpauthx']);
  const failure = await runBare(env, folder, 'node', ['-e', LOG_IN]).catch(({ stderr }) => stderr);
  expect(failure).toContain(`Error: mpauthx ${version} has no binary that runs here: linux-${process.arch}-gnu, Node`);
  expect(failure).toContain(`${HOST} is not installed: optional dependencies were left out (--omit=optional`);
  await runBare(env, folder, 'npm', ['install', '--include=optional', '--no-audit', '--no-fund']);
  expect((await runBare(env, folder, 'node', ['-e', LOG_IN])).stdout).toBe('logged in\n');
}, 60000);
