// The packages as they are published: the package itself, and one for each platform that there is a
// binary for.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isMain, main, root } from './run.mjs';

const NPM = path.join(root, 'npm');

/** Of a platform package, unpacked, in bytes. */
export const MAX_SIZE = 8_000_000;

/** The platforms, as napi names them. */
export const PLATFORMS = readdirSync(NPM);

/** The platform of this machine, as far as we build for it. */
export const HOST = `${process.platform}-${process.arch}${{ linux: isMusl() ? '-musl' : '-gnu', win32: '-msvc' }[process.platform] ?? ''}`;

function isMusl() {
  return !process.report.getReport().header.glibcVersionRuntime;
}

/** Where a platform's binary is when it has been built for publishing. */
export function binaryOf(platform) {
  return path.join(NPM, platform, fileOf(platform));
}

/** Where `napi build` puts the binary for this machine. */
export function hostBinary() {
  return path.join(root, fileOf(HOST));
}

/** The binaries that have been built for publishing, by platform. */
export function builtBinaries() {
  const built = PLATFORMS.filter((platform) => existsSync(binaryOf(platform)));
  return Object.fromEntries(built.map((platform) => [platform, binaryOf(platform)]));
}

/** Those that were built after the last change of the source. */
export function freshBinaries() {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true }).map((name) => path.join(root, 'src', name));
  const changed = Math.max(...[...sources, path.join(root, 'Cargo.lock')].map((file) => statSync(file).mtimeMs));
  return Object.fromEntries(Object.entries(builtBinaries()).filter(([, file]) => statSync(file).mtimeMs > changed));
}

/**
 * Lays the packages out in `folder`: those of the platforms in `binaries`, and last the package
 * itself, which depends on exactly those. Returns each as `{ name, version, folder, size }`.
 */
export function layOut(folder, binaries) {
  const platforms = Object.entries(binaries).map(([platform, binary]) => {
    const target = path.join(folder, platform);
    cpSync(path.join(NPM, platform), target, { recursive: true });
    cpSync(binary, path.join(target, fileOf(platform)));
    for (const file of ['LICENSE', 'THIRD-PARTY-LICENSES.md']) cpSync(path.join(root, file), path.join(target, file));
    return described(target);
  });
  return [...platforms, layOutMain(path.join(folder, 'mpauthx'), platforms)];
}

function layOutMain(target, platforms) {
  const files = packed(root).files.map(({ path: file }) => file);
  const isPacked = (name) => files.some((file) => file === name || file.startsWith(`${name}/`));
  const missing = readJson(path.join(root, 'package.json')).files.filter((name) => !isPacked(name));
  if (missing.length > 0) throw new Error(`not there: ${missing.join(', ')}. npm run build makes what is generated`);
  for (const file of files) {
    mkdirSync(path.dirname(path.join(target, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(target, file));
  }
  const manifest = path.join(target, 'package.json');
  const optionalDependencies = Object.fromEntries(platforms.map(({ name, version }) => [name, version]));
  writeFileSync(manifest, `${JSON.stringify({ ...readJson(manifest), optionalDependencies }, null, 2)}\n`);
  return described(target);
}

function described(folder) {
  const { name, version, unpackedSize: size } = packed(folder);
  return { name, version, folder, size };
}

/** What npm would put into the package. */
function packed(folder) {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  return JSON.parse(
    execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )[0];
}

export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function fileOf(platform) {
  return `mpauthx.${platform}.node`;
}

export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

// Run directly, it lays the packages out in a folder for tests, and lists them: those of this
// machine's platform and of others that are built; with `--all` every one, with a text in place of
// a binary that was not built.
if (isMain(import.meta.url)) {
  main(async () => {
    const [folder, flag] = process.argv.slice(2);
    const standIns = flag === '--all' ? PLATFORMS.map((platform) => [platform, path.join(root, 'LICENSE')]) : [];
    const binaries = { ...Object.fromEntries(standIns), [HOST]: hostBinary(), ...freshBinaries() };
    console.log(JSON.stringify(layOut(folder, binaries)));
  });
}
