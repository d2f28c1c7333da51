// Compiles the tests' `sqlite3` package for Windows by zig, with its own copy of SQLite: its makers
// publish their binaries where npm alone does not get them.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readJson } from './packages.mjs';
import { step, testRoot } from './run.mjs';

const PACKAGE = path.join(testRoot, 'node_modules', 'sqlite3');
const NODE_ADDON_API = path.join(testRoot, 'node_modules', 'node-addon-api');

/** Node's headers, which come with every Node of npm's; those of Windows' are the same. */
const HEADERS = path.join(testRoot, 'package', 'runtimes', 'node_modules', 'node24', 'include', 'node');

/** What the package's binding.gyp gives the compiler, as far as it is wanted. */
const DEFINED = ['NDEBUG', 'SQLITE_THREADSAFE=1', 'NAPI_VERSION=6', 'NAPI_DISABLE_CPP_EXCEPTIONS=1'];

/** What Node exports to addons. */
const EXPORTED = [
  ['node_api.h', /\b(napi_\w+|node_api_\w+)\(/g],
  ['js_native_api.h', /\b(napi_\w+|node_api_\w+)\(/g],
  ['uv.h', /\b(uv_\w+)\(/g],
];

/** Returns the path of the binary. */
export async function sqlite3ForWindows(folder, python) {
  const { version } = readJson(path.join(PACKAGE, 'package.json'));
  const home = path.join(folder, 'windows', `sqlite3-${version}`);
  const binary = path.join(home, 'node_sqlite3.node');
  if (existsSync(binary)) return binary;
  mkdirSync(home, { recursive: true });
  const zig = (title, ...args) => step({ title, command: python, args: ['-m', 'ziglang', ...args], cwd: home });
  await unpackSqlite(home);

  writeFileSync(path.join(home, 'node.def'), `LIBRARY node.exe\nEXPORTS\n${exportedNames().join('\n')}\n`);
  await zig('node.lib', 'dlltool', '-m', 'i386:x86-64', '-d', 'node.def', '-l', 'libnode.a');
  const target = ['-target', 'x86_64-windows-gnu', '-O1', '-w', ...DEFINED.map((name) => `-D${name}`), '-I', home];
  await zig('sqlite3.c', 'cc', '-c', ...target, '-o', 'sqlite3.o', 'sqlite3.c');
  const sources = readdirSync(path.join(PACKAGE, 'src')).filter((name) => name.endsWith('.cc'));
  const files = sources.map((name) => path.join(PACKAGE, 'src', name));
  const includes = [HEADERS, NODE_ADDON_API].flatMap((each) => ['-I', each]);
  const linked = ['-shared', '-s', '-o', `${binary}.new`, ...files, 'sqlite3.o', 'libnode.a'];
  await zig('node_sqlite3.node', 'c++', ...target, ...includes, '-std=c++20', ...linked);
  renameSync(`${binary}.new`, binary);
  return binary;
}

/** SQLite's source, which the package brings in an archive. */
async function unpackSqlite(home) {
  const archive = readdirSync(path.join(PACKAGE, 'deps')).find((name) => name.endsWith('.tar.gz'));
  const args = ['-xzf', path.join(PACKAGE, 'deps', archive), '-C', home, '--strip-components=1', '--wildcards'];
  await step({ title: archive, command: 'tar', args: [...args, '*/sqlite3.c', '*/sqlite3.h', '*/sqlite3ext.h'] });
}

function exportedNames() {
  const names = EXPORTED.flatMap(([file, pattern]) =>
    [...readFileSync(path.join(HEADERS, file), 'utf8').matchAll(pattern)].map(([, name]) => name),
  );
  return [...new Set(names)];
}
