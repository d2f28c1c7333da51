// `npm run sanitize`: what has `unsafe`, under the address sanitizer of LLVM: the unit tests, and
// the addon in Node while programs of the tests call it with anything at all. The compiler brings
// it, but takes its flag only with RUSTC_BOOTSTRAP. (The thread sanitizer wants a standard library
// that is compiled with it: without, it takes for a race whatever a Mutex guards.)

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostTarget, main, root, step, testRoot } from './run.mjs';

const TARGET = path.join('target', 'address');

const COUNT = 10000;

main(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mpauthx-sanitize-'));
  try {
    await cargo('test');
    await cargo('build');
    const addon = path.join(folder, 'mpauthx.node'); // Node loads what has this ending
    copyFileSync(path.join(root, TARGET, hostTarget()[1], 'fast', 'libmpauthx.so'), addon);
    for (const tokens of ['memory', { file: path.join(folder, 'tokens.db') }])
      run('fuzz.js', { tokens }, addon, folder);
    run('fuzz-auth.js', {}, addon, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A command of cargo on the crate, all Rust of which is compiled with the sanitizer. */
function cargo(command) {
  return step({
    title: `cargo ${command} (address sanitizer)`,
    command: 'cargo',
    args: [command, '--lib', '--profile', 'fast', ...hostTarget(), '--target-dir', TARGET],
    env: { RUSTC_BOOTSTRAP: '1', RUSTFLAGS: '-Zsanitizer=address' },
  });
}

/** A program of the tests, in a Node that has loaded the sanitizer: an addon cannot bring that. */
function run(program, given, addon, folder) {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const argument = JSON.stringify({ seed, count: COUNT, ...given });
  const env = {
    ...process.env,
    // Node never frees all that it has.
    ASAN_OPTIONS: `detect_leaks=0:log_path=${path.join(folder, 'report')}`,
    LD_PRELOAD: execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim(),
    NAPI_RS_NATIVE_LIBRARY_PATH: addon,
  };
  try {
    const output = execFileSync(process.execPath, [path.join(testRoot, 'robustness', program), argument], { env });
    const { faults, calls } = JSON.parse(output);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    console.log(`${program} ${argument}: ${calls} calls, nothing found`);
  } catch (error) {
    const reports = readdirSync(folder).filter((file) => file.startsWith('report'));
    throw new Error(
      [`${program} ${argument}: ${error.message}`, ...reports.map((file) => read(folder, file))].join('\n'),
    );
  }
}

function read(folder, file) {
  return readFileSync(path.join(folder, file), 'utf8');
}
