// `npm run build:platforms [name …]`: builds the binaries for publishing, each for the oldest
// system that it may meet, into npm/, and checks them. Zig is the linker and brings the C
// libraries; it and cargo-zigbuild come as Python packages. Where the Rust here has no standard
// library for a target, Debian's Rust, of which only the files are used, compiles it from source.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { unpackDebian } from './debian.mjs';
import { machineFor } from './machines.mjs';
import { binaryOf, layOut, MAX_SIZE, megabytes } from './packages.mjs';
import { findRedisServer } from './redis-server.mjs';
import { beginInstallTests, installRoot, main, root, step } from './run.mjs';
import { TARGETS } from './targets.mjs';
import { wantsOf } from './wants.mjs';

const FOLDER = path.join(root, 'target', 'platforms');
const PYTHON = path.join(FOLDER, 'python');
const DEBIAN = path.join(FOLDER, 'debian');

const ZIG = ['ziglang==0.15.2', 'cargo-zigbuild==0.24.1'];
const DEBIAN_RUST = ['rustc-web', 'libstd-rust-web-dev', 'rust-web-src'];

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
  return {
    platform,
    seconds,
    unpacked: megabytes(size),
    wants: wantsOf(platform, PYTHON),
    run: await tryOut(platform),
  };
}

async function compile(platform) {
  const { target, version, library, environment } = TARGETS[platform];
  const env = { PATH: process.env.PATH, ...environment?.(FOLDER) };
  env.PATH = `${path.join(PYTHON, 'bin')}${path.delimiter}${env.PATH}`;
  const args = ['zigbuild', '--release', '--locked', '--target', version ? `${target}.${version}` : target];
  if (!hasStandardLibrary(target)) {
    await installDebianRust();
    Object.assign(env, { RUSTC: rustcOfDebian(), RUSTC_BOOTSTRAP: '1' });
    args.push('-Z', 'build-std=std,panic_unwind');
  }
  await step({ title: `cargo zigbuild ${target}`, command: 'cargo', args, env });
  cpSync(path.join(root, 'target', target, 'release', library), binaryOf(platform));
}

/** Runs the smoke test with what was built, where there is a machine for it; says by what. */
async function tryOut(platform) {
  const machine = await machineFor(platform, FOLDER, path.join(PYTHON, 'bin', 'python'));
  if (!machine) return 'not run';
  await beginInstallTests()();
  const require = createRequire(path.join(root, '__test__', 'support', 'index.js'));
  const { startRedis } = require('.');
  const { ca, tls } = require('./certificates').certificates();

  const home = path.join(machine.root ?? FOLDER, 'home');
  const inside = (file) => (machine.root ? path.join('/home', file) : path.join(home, file));
  const copy = (from, to) => cpSync(from, path.join(home, to), { recursive: true });
  const program = path.join('__test__', 'package', 'runtimes', 'smoke.js');
  rmSync(home, { recursive: true, force: true });
  copy(path.join(FOLDER, 'packages', platform, 'mpauthx'), 'mpauthx');
  copy(path.join(FOLDER, 'packages', platform, platform), path.join('node_modules', `mpauthx-${platform}`));
  for (const each of ['scripts', program]) copy(path.join(root, each), each);
  copy(ca, 'ca');
  for (const [name, pem] of Object.entries(tls)) writeFileSync(path.join(home, name), pem);

  process.env.REDIS_SERVER = findRedisServer();
  const redis = await startRedis();
  const told = [inside(program), inside('mpauthx'), redis.url, ...Object.keys(tls).map(inside)];
  const [command, ...args] = [...(machine.root ? ['chroot', machine.root] : []), ...machine.command, ...told];
  const env = { NODE_EXTRA_CA_CERTS: inside('ca') };
  try {
    await step({ title: `smoke test of ${platform}`, command, args, env });
  } finally {
    await redis.stop();
  }
  return `passed, by ${path.basename(machine.command[0])}`;
}

async function installZig() {
  if (existsSync(path.join(PYTHON, 'bin', 'cargo-zigbuild'))) return;
  rmSync(PYTHON, { recursive: true, force: true });
  await step({ title: 'python -m venv', command: 'python3', args: ['-m', 'venv', PYTHON] });
  const pip = path.join(PYTHON, 'bin', 'pip');
  await step({ title: 'pip install', command: pip, args: ['install', '--quiet', ...ZIG] });
}

async function installDebianRust() {
  await unpackDebian(DEBIAN, DEBIAN_RUST);
  const architecture = { x64: 'x86_64', arm64: 'aarch64' }[process.arch];
  const libraries = path.join(DEBIAN, 'usr', 'lib', `${architecture}-linux-gnu`);
  const script = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${DEBIAN}/usr/bin/rustc' "$@"\n`;
  writeFileSync(rustcOfDebian(), script);
  chmodSync(rustcOfDebian(), 0o755);
}

function rustcOfDebian() {
  return path.join(FOLDER, 'rustc');
}

function hasStandardLibrary(target) {
  const { stdout } = spawnSync('rustc', ['--print', 'target-libdir', '--target', target], { encoding: 'utf8' });
  return existsSync(stdout.trim());
}
