'use strict';

// What an application hears that requires the package where no binary of it fits.

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { Worker } = require('node:worker_threads');
const { ROOT, runNode, tempDir } = require('../support');

const { files, version } = require('../../package.json');
const { nameOf } = require('../../lib/no-binary');

const HERE = nameOf(process);
const [MAJOR] = process.versions.node.split('.').map(Number);
const PERMISSION = MAJOR < 22 ? '--experimental-permission' : '--permission';
const onPermissions = MAJOR < 20 ? test.skip : test;
const OTHERS = ['linux-x64-musl', 'darwin-arm64', 'win32-x64-msvc'].filter((name) => name !== HERE);
/** What systems say of a text that is no binary. */
const REFUSED = /load it: .*(too short|invalid ELF header|mach-o|Win32|Bad EXE)/;
const START = `Error: mpauthx ${version} has no binary that runs here: ${HERE}, Node ${process.versions.node}.\n`;

/**
 * A package as it is installed, without a binary. `packages` are those of platforms beside it: the
 * text of their binaries, null for none, `OURS` for ours; `of` is their version. `binaries` are
 * files in the package itself, as a build puts them there.
 */
function installed({ optional = [HERE, ...OTHERS], packages = {}, binaries = {}, of = version } = {}) {
  const modules = path.join(tempDir(), 'node_modules');
  const folder = path.join(modules, 'mpauthx');
  fs.mkdirSync(folder, { recursive: true });
  for (const name of files.filter((name) => !/\.(md|d\.ts)$/.test(name))) {
    fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  const optionalDependencies = optional && Object.fromEntries(optional.map((name) => [`mpauthx-${name}`, version]));
  write(folder, { name: 'mpauthx', version, optionalDependencies });
  for (const [platform, binary] of Object.entries(packages)) {
    const file = `mpauthx.${platform}.node`;
    write(path.join(modules, `mpauthx-${platform}`), { name: `mpauthx-${platform}`, version: of, main: file });
    if (binary !== null) put(path.join(modules, `mpauthx-${platform}`, file), binary);
  }
  for (const [platform, binary] of Object.entries(binaries)) put(path.join(folder, `mpauthx.${platform}.node`), binary);
  return folder;
}

const OURS = path.join(ROOT, `mpauthx.${HERE}.node`);

function put(file, binary) {
  if (binary === OURS) fs.copyFileSync(OURS, file);
  else fs.writeFileSync(file, binary);
}

function write(folder, manifest) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
}

/** What a process says that requires the package. */
async function failure(folder, env, nodeArgs) {
  const { code, stderr } = await runNode(`require(${JSON.stringify(folder)});\n`, { env, nodeArgs });
  const said = stderr.replace(/\r\n/g, '\n'); // as Windows has it
  expect(code).toBe(1);
  expect(said).toContain(START);
  return said;
}

/** What a thread hears that requires the package. */
function hear(folder) {
  try {
    return require(folder);
  } catch (error) {
    return error.message;
  }
}

test('no platform package: optional dependencies were left out', async () => {
  const said = await failure(installed());
  expect(said).toContain(`Likely cause: mpauthx-${HERE} is not installed: optional dependencies were left out (--omit`);
  expect(said).toContain('Remedy: install with optional dependencies.');
});

test.each(OTHERS)('the package of %s instead: it was installed elsewhere', async (other) => {
  const said = await failure(installed({ packages: { [other]: '' } }));
  expect(said).toContain(`Likely cause: mpauthx-${other} is installed instead of mpauthx-${HERE}`);
  expect(said).toContain('Remedy: delete node_modules, and install on the platform that runs the application');
});

test('a binary that the system does not load: what the system says', async () => {
  const said = await failure(installed({ packages: { [HERE]: 'no binary at all' } }));
  expect(said).toContain(`Likely cause: mpauthx-${HERE} is installed, and the system does not load it: `);
  expect(said).toMatch(REFUSED);
});

test('the package without its binary: files were left out', async () => {
  for (const packages of [{ [HERE]: null }, { [HERE]: null, [OTHERS[0]]: '' }]) {
    const said = await failure(installed({ packages }));
    expect(said).toContain(`Likely cause: mpauthx-${HERE} is installed, but mpauthx.${HERE}.node is not in it: `);
    expect(said).toContain('Remedy: reinstall it');
  }
});

test('a binary that works, and a loader that wants another version: what the loader says', async () => {
  const folder = installed({ packages: { [HERE]: OURS }, of: '1.0.0' });
  const said = await failure(folder, { NAPI_RS_ENFORCE_VERSION_CHECK: '1' });
  expect(said).toContain(`Likely cause: mpauthx-${HERE} loads, but the loader does not take it: `);
  expect(said).toContain(`version mismatch, expected ${version} but got 1.0.0`);
  expect(said).not.toMatch(/Likely cause: .*(npm has a bug|wasi)/);
});

test.each([
  ['installed', { packages: { [HERE]: OURS } }],
  ['built', { optional: null, binaries: { [HERE]: OURS } }],
  ['not there', {}],
])('NAPI_RS_NATIVE_LIBRARY_PATH that leads nowhere, the binary %s: the variable', async (_, how) => {
  const said = await failure(installed(how), { NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere/mpauthx.node' });
  expect(said).toContain('Likely cause: NAPI_RS_NATIVE_LIBRARY_PATH names a binary that does not load: ');
  expect(said).toContain("Cannot find module '/nowhere/mpauthx.node'");
  expect(said).toContain('Remedy: correct the variable, or unset it.');
});

const SYSTEMS = [
  ['freebsd', 'x64', 'freebsd-x64'],
  ['win32', 'ia32', 'win32-ia32-msvc'],
  ['linux', 'arm', /linux-arm-(gnu|musl)eabihf/],
  ['linux', 'riscv64', /linux-riscv64-(gnu|musl)/],
  ['linux', 'ia32', /linux-ia32-(gnu|musl)/],
];

test.each(SYSTEMS)(
  'a system that nothing is published for (%s %s): what there is, and how it is built',
  async (platform, arch, name) => {
    const folder = installed({ optional: OTHERS });
    const pretend = `Object.defineProperties(process, { platform: { value: '${platform}' }, arch: { value: '${arch}' } });\n`;
    const { code, stderr } = await runNode(`${pretend}require(${JSON.stringify(folder)});\n`);
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`mpauthx ${version} has no binary that runs here: ${name.source ?? name}, Node`));
    expect(stderr).toContain(
      `no binary is published for this platform. There are: ${OTHERS.map((each) => `mpauthx-${each}`).join(', ')}.`,
    );
    expect(stderr).toContain(
      'Remedy: build it on this platform, with Rust 1.89, a C compiler and Node 20, each or later: ',
    );
    expect(stderr).toContain(
      'npm install && npm run build in a clone of the repository, then npm install <path of the clone>',
    );
  },
);

test('its Rust is the oldest that builds it', () => {
  const [, oldest] = /^rust-version = "(.*)"$/m.exec(fs.readFileSync(path.join(ROOT, 'Cargo.toml'), 'utf8'));
  expect(fs.readFileSync(path.join(ROOT, 'lib', 'no-binary.js'), 'utf8')).toContain(`with Rust ${oldest},`);
});

test('the source, not built: the command that builds it', async () => {
  expect(await failure(installed({ optional: null }))).toContain('Remedy: npm install && npm run build\n');
});

test('the source, built into what the system does not load: what the system says', async () => {
  const said = await failure(installed({ optional: null, binaries: { [HERE]: 'no binary at all', [OTHERS[0]]: '' } }));
  expect(said).toContain(`Likely cause: mpauthx.${HERE}.node is there, and the system does not load it: `);
  expect(said).toMatch(REFUSED);
});

test.each(OTHERS)('the source, built for %s: which platform that is', async (other) => {
  const said = await failure(installed({ optional: null, binaries: { [other]: '' } }));
  expect(said).toContain(
    `Likely cause: this is the source, built for another platform: mpauthx.${other}.node is there, `,
  );
  expect(said).toContain('Remedy: npm install && npm run build, on the platform that runs the application');
});

test('the source, its loader gone: the command that builds it', async () => {
  const folder = installed({ optional: null, binaries: { [HERE]: OURS } });
  fs.rmSync(path.join(folder, 'native.js'));
  expect(await failure(folder)).toContain('Remedy: npm install && npm run build\n');
});

describe.each([
  ['installed', { packages: { [HERE]: OURS } }],
  ['built', { optional: null, binaries: { [HERE]: OURS } }],
  ['not there', {}],
])('the binary %s', (_, how) => {
  test.each([
    ['on the command line', {}, ['--no-addons']],
    ['in the environment', { NODE_OPTIONS: '--no-addons' }, []],
  ])('and --no-addons %s: the flag', async (_where, env, nodeArgs) => {
    const said = await failure(installed(how), env, nodeArgs);
    expect(said).toContain('Likely cause: Node runs with --no-addons');
    expect(said).not.toMatch(/install|build/);
  });

  test('and --no-addons in a worker thread: the flag', async () => {
    const source = `require('worker_threads').parentPort.postMessage(String(${hear}(${JSON.stringify(installed(how))})))`;
    const worker = new Worker(source, { eval: true, execArgv: ['--no-addons'] });
    const message = await new Promise((resolve) => worker.once('message', resolve));
    expect(message).toContain('Likely cause: Node runs with --no-addons');
  });

  onPermissions("and Node's permission model: the flag that allows addons", async () => {
    const said = await failure(installed(how), {}, [PERMISSION, '--no-warnings', '--allow-fs-read=*']);
    expect(said).toContain(
      'Likely cause: Node runs with its permission model (--permission, --experimental-permission)',
    );
    expect(said).toContain('Remedy: start it with --allow-addons as well.');
    expect(said).not.toMatch(/npm (install|run build)/);
  });
});

onPermissions("a binary that Node's permission model hides: the flag that shows it", async () => {
  const folder = installed({ packages: { [HERE]: OURS } });
  const modules = path.dirname(folder);
  const shown = [folder + path.sep, path.join(modules, 'package.json'), path.join(modules, '..', 'package.json')];
  const flags = [PERMISSION, '--no-warnings', '--allow-addons', ...shown.map((name) => `--allow-fs-read=${name}`)];
  const said = await failure(folder, {}, flags);
  expect(said).toContain(`which does not let it read mpauthx.${HERE}.node.`);
  expect(said).toContain('Remedy: allow it with --allow-fs-read');
  expect(said).toContain(`mpauthx-${HERE}.`);
});

test('an ES module hears the same', async () => {
  const entry = path.join(installed(), 'index.js');
  const { code, stderr } = await runNode(`import(${JSON.stringify(pathToFileURL(entry).href)});\n`);
  expect(code).toBe(1);
  expect(stderr.replace(/\r\n/g, '\n')).toContain(START);
});
