// What the demo, the lints and the tests share: running commands, and preparing a fresh clone.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const testRoot = path.join(root, '__test__');

/** A tool that the tests' package brings. */
export function testTool(name) {
  return path.join(testRoot, 'node_modules', '.bin', name);
}

/** Whether the module with this `import.meta.url` is what node was started with. */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/** Runs `action` as the whole program: a failure is printed in one line, and the exit code is 1. */
export async function main(action) {
  try {
    await action();
  } catch (error) {
    console.error(`\n✗ ${error.message}`);
    process.exit(1);
  }
}

/** Runs one command, its output going where ours goes, under a heading; rejects when it fails. */
export async function step({ title, command, args, cwd, env }) {
  heading(title);
  await execute(title, command, args, { cwd, env, stdio: 'inherit' });
}

/** Runs every step, also those after a failure, and returns the titles of the failed ones. */
export async function runAll(steps) {
  const failed = [];
  for (const each of steps) {
    try {
      await step(each);
    } catch (error) {
      console.error(error.message);
      failed.push(each.title);
    }
  }
  return failed;
}

// As the lock files say, without touching them. Not `npm ci`: that refuses a lock file without the
// packages of every platform, and some registries do not have them all.
const INSTALL = ['install', '--no-save', '--include=dev', '--loglevel=error'];

/** Installs what building needs. */
export async function installRoot() {
  if (!isInstalled(root)) await step({ title: 'npm install', command: 'npm', args: INSTALL });
}

/** Builds the addon with the fast profile; costs little when nothing changed. */
export async function build() {
  await step({ title: 'npm run build:fast', command: 'npm', args: ['run', 'build:fast'] });
}

/** Has the package its loader: a build generates it, the same for every platform. */
export async function ensureLoader() {
  await installRoot();
  if (!existsSync(path.join(root, 'native.js'))) await build();
}

/**
 * Begins to install what the tests need, and returns a function that waits for the end of it. The
 * output is kept until then: sqlite3 compiles for a minute or two, and something else is to run
 * meanwhile.
 */
export function beginInstallTests() {
  if (isInstalled(testRoot)) return async () => {};
  const title = 'npm install (__test__)';
  const chunks = [];
  const outcome = execute(title, 'npm', INSTALL, {
    cwd: testRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    chunks,
  });
  // Whoever waits gets the failure; nobody may be waiting yet.
  outcome.catch(() => {});
  return async () => {
    try {
      await outcome;
    } finally {
      heading(title);
      process.stdout.write(Buffer.concat(chunks));
    }
  };
}

/** Installs what only the heavy tests need: a registry of npm packages, and other runtimes. */
export async function installFull() {
  for (const name of ['package/install', 'package/runtimes']) {
    const cwd = path.join(testRoot, name);
    if (!isInstalled(cwd)) await step({ title: `npm install (__test__/${name})`, command: 'npm', args: INSTALL, cwd });
  }
}

/**
 * The flag that lets cargo's own commands share what `napi build` compiled: that always names its
 * target, and cargo keeps what is built so apart.
 */
export function hostTarget() {
  return ['--target', execFileSync('rustc', ['--print', 'host-tuple'], { encoding: 'utf8' }).trim()];
}

/** Runs a command, which ends when we do; with piped output, the output goes into `chunks`. */
function execute(title, command, args, { cwd = root, env, stdio, chunks }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio });
    const kill = () => child.kill();
    process.once('exit', kill);
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => reject(new Error(`${title}: ${error.message}`)));
    child.once('close', (code, signal) => {
      process.removeListener('exit', kill);
      if (code === 0) resolve();
      else reject(new Error(`${title}: ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

function heading(title) {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}`);
}

/** npm writes a lock file of its own into node_modules when it is done. */
function isInstalled(folder) {
  const installed = statSync(path.join(folder, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(path.join(folder, 'package-lock.json')).mtimeMs;
}
