// `npm run sanitize [-- thread]`: what has `unsafe` or is shared by threads, under the address
// sanitizer of LLVM or its thread sanitizer: the unit tests, and the addon in Node while programs
// of the tests call it with anything at all, and many at once. The compiler brings them, but takes
// their flag only with RUSTC_BOOTSTRAP. The thread sanitizer wants a standard library that is
// compiled with it, for it takes for a race whatever a lock guards that it does not know: so the
// compiler, that of RUSTC or else rustup's, must have its sources.

import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findRedisServer } from './redis-server.mjs';
import { hostTarget, main, root, step, testRoot } from './run.mjs';

const COUNT = 10000;

/** For how long sessions are changed in each store, in milliseconds. */
const LASTS = 15000;

/**
 * What is not ours and not compiled with the sanitizer, which therefore does not see how it is
 * shared: the threads of V8, the memory that glibc frees for a thread that has ended. And what
 * tokio hands over by way of the kernel.
 */
const FOREIGN = ['race:v8::platform::', 'race:_dl_deallocate_tls', 'race:5tokio7runtime2io'];

/** What LLVM calls in the sanitizer and gcc's lacks. It sees into these as into any call. */
const SHIM = `#include <string.h>
void *__tsan_memcpy(void *to, const void *from, size_t n) { return memcpy(to, from, n); }
void *__tsan_memmove(void *to, const void *from, size_t n) { return memmove(to, from, n); }
void *__tsan_memset(void *to, int c, size_t n) { return memset(to, c, n); }
`;

const SANITIZERS = {
  address: {
    library: 'libasan.so',
    cargo: [],
    // Node never frees all that it has.
    options: (folder) => ({ ASAN_OPTIONS: `detect_leaks=0:log_path=${report(folder)}` }),
  },
  thread: {
    library: 'libtsan.so',
    cargo: ['-Zbuild-std'],
    options(folder) {
      const foreign = path.join(folder, 'foreign');
      writeFileSync(foreign, FOREIGN.join('\n'));
      return { TSAN_OPTIONS: `suppressions=${foreign}:log_path=${report(folder)}` };
    },
  },
};

main(async () => {
  const name = process.argv[2] ?? 'address';
  if (!(name in SANITIZERS))
    throw new Error(`there is no sanitizer ${name}, but ${Object.keys(SANITIZERS).join(', ')}`);
  if (name === 'thread') expectSources();
  const folder = mkdtempSync(path.join(tmpdir(), 'mpauthx-sanitize-'));
  try {
    await cargo(name, 'test', folder);
    await cargo(name, 'build', folder);
    await attack(name, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function expectSources() {
  const compiler = process.env.RUSTC ?? 'rustc';
  const sysroot = execFileSync(compiler, ['--print', 'sysroot'], { encoding: 'utf8' }).trim();
  if (existsSync(path.join(sysroot, 'lib/rustlib/src/rust/library/Cargo.lock'))) return;
  throw new Error(
    `${compiler} lacks the sources of its standard library: rustup component add rust-src, or name in RUSTC a ` +
      'compiler that has them, such as that of the packages rustc and rust-src of a distribution',
  );
}

function report(folder) {
  return path.join(folder, 'report');
}

function target(name) {
  return path.join('target', name);
}

/** A command of cargo on the crate, all Rust of which is compiled with the sanitizer. */
function cargo(name, command, folder) {
  const { cargo: more, options } = SANITIZERS[name];
  return step({
    title: `cargo ${command} (${name} sanitizer)`,
    command: 'cargo',
    args: [command, '--lib', '--profile', 'fast', ...hostTarget(), '--target-dir', target(name), ...more],
    env: {
      ...options(folder),
      RUSTC_BOOTSTRAP: '1',
      RUSTFLAGS: `-Zsanitizer=${name}`,
      CARGO_PROFILE_FAST_STRIP: 'none', // reports name functions
    },
  });
}

/** Programs of the tests, in a Node that has loaded the sanitizer: an addon cannot bring that. */
async function attack(name, folder) {
  const { library, options } = SANITIZERS[name];
  const addon = path.join(folder, 'mpauthx.node'); // Node loads what has this ending
  copyFileSync(path.join(root, target(name), hostTarget()[1], 'fast', 'libmpauthx.so'), addon);
  const preloaded = [execFileSync('gcc', [`-print-file-name=${library}`], { encoding: 'utf8' }).trim()];
  if (name === 'thread') preloaded.push(shim(folder));
  const env = { ...options(folder), LD_PRELOAD: preloaded.join(' '), NAPI_RS_NATIVE_LIBRARY_PATH: addon };
  const socket = path.join(folder, 'redis.sock');
  const redis = spawn(findRedisServer(), ['--port', '0', '--unixsocket', socket, '--save', ''], { stdio: 'ignore' });
  try {
    while (!existsSync(socket)) {
      if (redis.exitCode !== null) throw new Error('the redis-server has ended');
      await pause(50);
    }
    const file = { file: path.join(folder, 'tokens.db') };
    for (const tokens of ['memory', file]) await call('fuzz.js', { tokens }, env, folder);
    await call('fuzz-auth.js', {}, env, folder);
    const stores = [
      { tokens: `unix://${socket}` },
      { tokens: `unix://${socket}`, cache: { maxAge: 100 } },
      { tokens: file },
    ];
    for (const store of stores) await changeSessions(store, env, folder);
  } finally {
    redis.kill();
  }
}

function shim(folder) {
  const [source, library] = ['shim.c', 'shim.so'].map((file) => path.join(folder, file));
  writeFileSync(source, SHIM);
  execFileSync('gcc', ['-fno-builtin', '-shared', '-fPIC', '-o', library, source]);
  return library;
}

/** Calls with anything at all. */
async function call(program, given, env, folder) {
  const argument = { seed: Math.floor(Math.random() * 2 ** 32), count: COUNT, ...given };
  const output = await run(path.join('robustness', program), argument, env, folder);
  const { faults, calls } = JSON.parse(output);
  if (faults.length > 0) throw new Error([JSON.stringify(argument), ...faults].join('\n'));
  console.log(`${program} ${JSON.stringify(given)}: ${calls.toLocaleString('en')} calls, nothing found`);
}

/** Logins, checks, rotations and ends of a few users' sessions, many at once. */
async function changeSessions(store, env, folder) {
  const argument = { client: 'c', seed: 1, lanes: 24, rest: 3, max: 4, isSteady: true, ...store };
  const output = await run('linearizability/client.js', argument, env, folder, async (input) => {
    input.write(`${JSON.stringify({ users: ['u', 'k', 'e', 'b'] })}\n`);
    await pause(LASTS);
    input.end();
  });
  const calls = output.split('\n').filter((line) => line.includes('"return"')).length;
  if (calls === 0) throw new Error('there was no call');
  console.log(`sessions ${JSON.stringify(store)}: ${calls.toLocaleString('en')} calls, nothing found`);
}

/** What a program of the tests prints. Fails where it or the sanitizer does. */
async function run(program, argument, env, folder, feed = (input) => input.end()) {
  const args = [path.join(testRoot, program), JSON.stringify(argument)];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve) => child.once('close', resolve));
  await feed(child.stdin);
  const code = await ended;
  const reports = readdirSync(folder).filter((file) => file.startsWith('report'));
  if (code === 0 && reports.length === 0) return Buffer.concat(chunks).toString();
  const found = reports.map((file) => readFileSync(path.join(folder, file), 'utf8'));
  throw new Error([`${program} ${args[1]} ended with exit code ${code}`, ...found].join('\n'));
}
