'use strict';

// `npm install`, as it happens to who uses the package.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, tempDir } = require('../../support');
const { findPrograms, run, INSTALL_TIMEOUT } = require('../../support/postgres');
const { bareEnvironment, layOut, publish, runBare, runNpm, startRegistry } = require('./registry');

const HOST = `mpauthx-linux-${process.arch}-gnu`;
const { version } = require('../../../package.json');

/** Where the tests' own packages are. */
const TESTS = path.join(ROOT, '__test__');

let packages;
let registry;
let env;
beforeAll(async () => {
  packages = layOut('--all');
  registry = await startRegistry();
  await publish(registry, packages);
  env = bareEnvironment(registry);
}, 180000);

/** An empty application into which the package is installed. */
async function install(...flags) {
  const folder = tempDir();
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "name": "application", "private": true }');
  const begun = process.hrtime.bigint();
  await runNpm(env, registry, folder, ['install', 'mpauthx', ...flags]);
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  return { folder, seconds, installed: installedIn(folder) };
}

const installedIn = (folder) =>
  fs.readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));

const LOG_IN = `
const mpauthx = require('mpauthx');
const auth = mpauthx('wx', 'secret', 'shop', 'users.db', null, 60, { tokens: 'memory', createTable: true });
auth.sessions.issue('o1').then(({ token }) => auth.isTokenValid(token)).then(() => console.log('logged in'));
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
  const sizes = packages
    .filter(({ name }) => installed.includes(name))
    .map(({ name, size }) => `${name} ${(size / 1e6).toFixed(2)} MB`);
  console.log(`npm install mpauthx: ${seconds.toFixed(1)} s; unpacked: ${sizes.join(', ')}`);
}, 60000);

test.each(fs.readdirSync(path.join(ROOT, 'npm')))(
  'for %s npm chooses its binary',
  async (platform) => {
    const [os, cpu, abi] = platform.split('-');
    const libc = { gnu: ['--libc=glibc'], musl: ['--libc=musl'] }[abi] ?? [];
    const { folder, installed } = await install(`--os=${os}`, `--cpu=${cpu}`, ...libc);
    expect(installed.sort()).toEqual(['mpauthx', `mpauthx-${platform}`]);
    expect(fs.readdirSync(path.join(folder, 'node_modules', `mpauthx-${platform}`))).toContain(
      `mpauthx.${platform}.node`,
    );
  },
  60000,
);

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
  await runNpm(env, registry, folder, ['install', '--include=optional']);
  expect((await runBare(env, folder, 'node', ['-e', LOG_IN])).stdout).toBe('logged in\n');
}, 60000);

/**
 * Runs tests in a network and with host names of their own: there WeChat's name is ours, and
 * redis's usual port is free. Resolves with jest's report.
 */
async function inWorldOfItsOwn(name, application) {
  const [ip, unshare] = await findPrograms({
    names: [['ip'], ['unshare']],
    folders: () => ['/usr/sbin', '/sbin', '/usr/bin'],
    packages: ['iproute2', 'util-linux'],
    advice: 'These tests need ip and unshare, of iproute2 and util-linux, and root or user namespaces.',
  });
  const folder = tempDir();
  const [hosts, report] = ['hosts', 'report.json'].map((each) => path.join(folder, each));
  fs.writeFileSync(hosts, '127.0.0.1 localhost api.weixin.qq.com\n');
  const jest = path.join(TESTS, 'node_modules', 'jest', 'bin', 'jest.js');
  const config = path.join(__dirname, 'world', 'jest.config.js');
  const flags = ['--config', config, '--json', '--outputFile', report, path.join(__dirname, 'world', name)];
  const enter = `"${ip}" link set lo up && mount --bind "${hosts}" /etc/hosts && exec "$@"`;
  const asRoot = process.getuid() === 0 ? [] : ['--map-root-user'];
  const args = [...asRoot, '--net', '--mount', 'sh', '-c', enter, 'sh', process.execPath, jest, ...flags];
  const env = { ...process.env, MPAUTHX_APPLICATION: application };
  const stderr = await run(unshare, args, { env, maxBuffer: 2 ** 26 }).then(
    () => '',
    (error) => error.stderr,
  );
  expect(stderr).toBe('');
  return JSON.parse(fs.readFileSync(report, 'utf8'));
}

test(
  'the quick start of the README runs, with WeChat where it expects it',
  async () => {
    const { folder } = await install();
    await runNpm(env, registry, folder, ['install', 'express', '@types/express']);
    expect(await inWorldOfItsOwn('quick-start.world.js', folder)).toMatchObject({ success: true, numPassedTests: 3 });
  },
  INSTALL_TIMEOUT,
);

/** The example for 1.3.2, installed before 2.0.0 was there, then swapped. */
async function express() {
  const folder = tempDir();
  const example = path.join(ROOT, 'examples', 'express-1.3.2');
  fs.copyFileSync(path.join(example, 'app.js'), path.join(folder, 'app.js'));
  const { dependencies, ...manifest } = require(path.join(example, 'package.json'));
  const { mpauthx: range, ...others } = dependencies;
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies: others }));
  // A compiler made the binary of sqlite3, on another day; here it comes from our own tests.
  await runNpm(env, registry, folder, ['install', '--ignore-scripts']);
  const binary = path.join('node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node');
  fs.mkdirSync(path.dirname(path.join(folder, binary)), { recursive: true });
  fs.copyFileSync(path.join(TESTS, binary), path.join(folder, binary));
  await runNpm(env, registry, folder, ['install', `mpauthx@${range}`]);
  return folder;
}

test(
  'an application for 1.3.2 runs over what 1.3.2 has stored',
  async () => {
    expect(await inWorldOfItsOwn('express.world.js', await express())).toMatchObject({
      success: true,
      numPassedTests: 5,
    });
  },
  INSTALL_TIMEOUT,
);
