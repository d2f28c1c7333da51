'use strict';

// The platform packages, which `napi create-npm-dirs` made and `napi version` keeps up, fit the
// package.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../support');

const main = require('../../package.json');
const FOLDERS = {
  'x86_64-unknown-linux-gnu': 'linux-x64-gnu',
  'aarch64-unknown-linux-gnu': 'linux-arm64-gnu',
  'x86_64-unknown-linux-musl': 'linux-x64-musl',
  'aarch64-unknown-linux-musl': 'linux-arm64-musl',
  'x86_64-apple-darwin': 'darwin-x64',
  'aarch64-apple-darwin': 'darwin-arm64',
  'x86_64-pc-windows-msvc': 'win32-x64-msvc',
};

/** What each is compiled for. */
function targets() {
  const program = "import('./scripts/targets.mjs').then(({ TARGETS }) => console.log(JSON.stringify(TARGETS)))";
  return JSON.parse(execFileSync(process.execPath, ['-e', program], { cwd: ROOT, encoding: 'utf8' }));
}

test('there is one for each target', () => {
  expect(fs.readdirSync(path.join(ROOT, 'npm')).sort()).toEqual(main.napi.targets.map((name) => FOLDERS[name]).sort());
});

test.each(Object.values(FOLDERS))('%s is for its platform alone, and of the same version', (folder) => {
  const [os, cpu, abi] = folder.split('-');
  const binary = `mpauthx.${folder}.node`;
  const manifest = require(path.join(ROOT, 'npm', folder, 'package.json'));
  const libc = { gnu: ['glibc'], musl: ['musl'] }[abi];
  expect(manifest).toMatchObject({ name: `mpauthx-${folder}`, os: [os], cpu: [cpu], main: binary });
  expect(manifest.libc).toEqual(libc);
  expect(manifest.files).toEqual([binary, 'THIRD-PARTY-LICENSES.md']);
  for (const same of ['version', 'license', 'engines']) expect(manifest[same]).toEqual(main[same]);
});

test.each(Object.values(FOLDERS))('what is read of %s says what it was built for and run on', (folder) => {
  const text = fs.readFileSync(path.join(ROOT, 'npm', folder, 'README.md'), 'utf8');
  expect(text).toContain(`# \`mpauthx-${folder}\``);
  expect(text).toContain(`| Built for | \`${targets()[folder].target}\``);
  for (const row of ['Needs', 'Run on']) expect(text).toMatch(new RegExp(`^\\| ${row} \\| \\S`, 'm'));
});
