'use strict';

// What an application hears that requires the package where no binary of it fits.

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, runNode, tempDir } = require('../support');

const { files, version } = require('../../package.json');
const HERE = `${process.platform}-${process.arch}-gnu`;
const START = `Error: mpauthx ${version} has no binary that runs here: ${HERE}, Node ${process.versions.node}.\n`;

/** A package as it is installed, without a binary; `packages` are those of platforms beside it, as the text of their binaries. */
function installed({ optional = [HERE, 'linux-x64-musl', 'darwin-arm64'], packages = {} } = {}) {
  const modules = path.join(tempDir(), 'node_modules');
  const folder = path.join(modules, 'mpauthx');
  fs.mkdirSync(folder, { recursive: true });
  for (const name of files.filter((name) => name.endsWith('.js'))) {
    fs.copyFileSync(path.join(ROOT, name), path.join(folder, name));
  }
  const optionalDependencies = optional && Object.fromEntries(optional.map((name) => [`mpauthx-${name}`, version]));
  write(folder, { name: 'mpauthx', version, optionalDependencies });
  for (const [platform, binary] of Object.entries(packages)) {
    const file = `mpauthx.${platform}.node`;
    write(path.join(modules, `mpauthx-${platform}`), { name: `mpauthx-${platform}`, version, main: file });
    fs.writeFileSync(path.join(modules, `mpauthx-${platform}`, file), binary);
  }
  return folder;
}

function write(folder, manifest) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
}

/** What a process says that requires the package. */
async function failure(folder) {
  const { code, stderr } = await runNode(`require(${JSON.stringify(folder)});\n`);
  expect(code).toBe(1);
  expect(stderr).toContain(START);
  return stderr;
}

test('no platform package: optional dependencies were left out', async () => {
  const said = await failure(installed());
  expect(said).toContain(`Likely cause: mpauthx-${HERE} is not installed: optional dependencies were left out (--omit`);
  expect(said).toContain('Remedy: install with optional dependencies.');
});

test.each(['linux-x64-musl', 'darwin-arm64'])(
  'the package of %s instead: it was installed elsewhere',
  async (other) => {
    const said = await failure(installed({ packages: { [other]: '' } }));
    expect(said).toContain(`Likely cause: mpauthx-${other} is installed instead of mpauthx-${HERE}`);
    expect(said).toContain('Remedy: delete node_modules, and install on the platform that runs the application');
  },
);

test('a binary that the system does not load: what the system says', async () => {
  const said = await failure(installed({ packages: { [HERE]: 'no binary at all' } }));
  expect(said).toContain(`Likely cause: mpauthx-${HERE} is installed, and the system does not load it: `);
  expect(said).toMatch(/load it: .*(too short|invalid ELF header)/);
});

test('a platform that nothing is published for: what there is', async () => {
  const said = await failure(installed({ optional: ['darwin-arm64', 'win32-x64-msvc'] }));
  expect(said).toContain(
    'no binary is published for this platform. There are: mpauthx-darwin-arm64, mpauthx-win32-x64',
  );
  expect(said).toContain('Remedy: build it from source');
});

test('the source, not built: the command that builds it', async () => {
  expect(await failure(installed({ optional: null }))).toContain('Remedy: npm install && npm run build\n');
});

test('an ES module hears the same', async () => {
  const entry = path.join(installed(), 'index.js');
  const { code, stderr } = await runNode(`import(${JSON.stringify(entry)});\n`);
  expect(code).toBe(1);
  expect(stderr).toContain(START);
});
