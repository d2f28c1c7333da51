// Compiles the addon for a platform. Zig is the linker and brings the C libraries; it and
// cargo-zigbuild come as Python packages. Where the Rust here has no standard library for a target,
// Debian's Rust, of which only the files are used, compiles it from source.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unpackDebian } from './debian.mjs';
import { root, step } from './run.mjs';
import { TARGETS } from './targets.mjs';

/** For what is downloaded and made on the way. */
export const FOLDER = path.join(root, 'target', 'platforms');

/** A virtual environment of Python's with zig in it. */
export const VENV = path.join(FOLDER, 'python');
export const PYTHON = path.join(VENV, 'bin', 'python');

const DEBIAN = path.join(FOLDER, 'debian');
const DEBIAN_RUST = ['rustc-web', 'libstd-rust-web-dev', 'rust-web-src'];
const ZIG = ['ziglang==0.15.2', 'cargo-zigbuild==0.24.1'];

/** Compiles by a profile of Cargo.toml; returns the path of the library. */
export async function compile(platform, profile = 'release') {
  const { target, version, library, environment } = TARGETS[platform];
  await installZig();
  const env = { PATH: process.env.PATH, ...environment?.(FOLDER) };
  env.PATH = `${path.join(VENV, 'bin')}${path.delimiter}${env.PATH}`;
  const triple = version ? `${target}.${version}` : target;
  const args = ['zigbuild', '--profile', profile, '--locked', '--target', triple];
  if (!hasStandardLibrary(target)) {
    await installDebianRust();
    Object.assign(env, { RUSTC: rustcOfDebian(), RUSTC_BOOTSTRAP: '1' });
    args.push('-Z', 'build-std=std,panic_unwind');
  }
  await step({ title: `cargo zigbuild ${target}`, command: 'cargo', args, env });
  return path.join(root, 'target', target, profile, library);
}

async function installZig() {
  if (existsSync(path.join(VENV, 'bin', 'cargo-zigbuild'))) return;
  rmSync(VENV, { recursive: true, force: true });
  await step({ title: 'python -m venv', command: 'python3', args: ['-m', 'venv', VENV] });
  const pip = path.join(VENV, 'bin', 'pip');
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
