// `npm run fuzz -- [--seconds n] [--minimise] [target …]`: attacks each target, or those named, for
// so long: those in fuzz/, which libFuzzer drives, and the programs of the tests. What it finds new
// is kept in fuzz/grown; `--minimise` makes the corpora of that, as small as they can be. What ends
// a target is kept in fuzz/artifacts.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { hostTarget, main, root, step } from './run.mjs';

const folder = path.join(root, 'fuzz');

/**
 * Where JavaScript is attacked. Each program takes JSON with `seconds`, and prints JSON with
 * `calls` and `faults`.
 */
const PROGRAMS = {
  calls: '__test__/robustness/fuzz-auth.js',
  resp: '__test__/stores/direct/resp-fuzz.js',
};

/** Longer inputs find nothing that these do not, and take their time. */
const MAX_LENGTH = 1024;

/** So many inputs in a corpus are committed at most. */
const MAX_FILES = 99;

/** One input takes microseconds. */
const TIMEOUT = 5;

/**
 * What cargo-fuzz compiles with, but for the address sanitizer, which wants a nightly compiler and
 * costs half of the speed: `npm run sanitize` has it. Coverage leads libFuzzer to new inputs.
 */
const FLAGS = [
  '--cfg fuzzing',
  '-C passes=sancov-module',
  '-C codegen-units=1',
  ...['level=4', 'inline-8bit-counters', 'pc-table', 'trace-compares'].map(
    (option) => `-C llvm-args=-sanitizer-coverage-${option}`,
  ),
];

const targets = readdirSync(path.join(folder, 'fuzz_targets')).map((file) => path.parse(file).name);

main(async () => {
  const { seconds, minimise, chosen } = options(process.argv.slice(2));
  const compiled = chosen.filter((name) => targets.includes(name));
  if (compiled.length > 0) await build();
  if (minimise) return compiled.forEach(shrink);

  const queue = [...chosen];
  const outcomes = [];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) outcomes.push(await attack(name, seconds));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  report(outcomes);
});

function options(given) {
  const rest = [...given];
  const at = rest.indexOf('--seconds');
  const seconds = at < 0 ? 60 : Number(rest.splice(at, 2)[1]);
  const chosen = rest.filter((argument) => !argument.startsWith('--'));
  const all = [...targets, ...Object.keys(PROGRAMS)];
  const unknown = chosen.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`there is no target ${unknown.join(', ')}, but ${all.join(', ')}`);
  if (!(seconds > 0)) throw new Error('--seconds wants a number');
  return { seconds, minimise: rest.includes('--minimise'), chosen: chosen.length > 0 ? chosen : all };
}

async function build() {
  const args = ['build', '--release', '--locked', '--bins', ...hostTarget()];
  await step({ title: 'cargo build (fuzz)', command: 'cargo', args, cwd: folder, env: { RUSTFLAGS: FLAGS.join(' ') } });
}

function binary(name) {
  return path.join(folder, 'target', hostTarget()[1], 'release', name);
}

/** Attacks one target; its output is shown only if that finds something. */
async function attack(name, seconds) {
  const { count, failed, output } = await (name in PROGRAMS
    ? attackProgram(name, seconds)
    : attackTarget(name, seconds));
  console.log(`${name}: ${count.toLocaleString('en')} inputs, ${Math.round(count / seconds).toLocaleString('en')}/s`);
  if (failed) console.log(output);
  return { name, count, failed: failed || count === 0 };
}

async function attackProgram(name, seconds) {
  const args = [path.join(root, PROGRAMS[name]), JSON.stringify({ seconds })];
  const { code, output } = await capture(process.execPath, args);
  const { calls, faults } = code === 0 ? JSON.parse(output) : { calls: 0, faults: [] };
  return { count: calls, failed: code !== 0 || faults.length > 0, output };
}

async function attackTarget(name, seconds) {
  const [corpus, grown, artifacts] = ['corpus', 'grown', 'artifacts'].map((kind) => made(kind, name));
  const { code, output } = await capture(binary(name), [
    `-max_total_time=${seconds}`,
    `-max_len=${MAX_LENGTH}`,
    `-timeout=${TIMEOUT}`,
    `-dict=${path.join(folder, 'dictionary')}`,
    `-artifact_prefix=${artifacts}/`,
    '-print_final_stats=1',
    '-verbosity=0',
    grown,
    corpus,
  ]);
  const count = Number(/number_of_executed_units: *(\d+)/.exec(output)?.[1] ?? 0);
  return { count, failed: code !== 0, output };
}

/** Runs a program to its end, and keeps what it prints. */
function capture(program, args) {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: Number.POSITIVE_INFINITY }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}

function made(kind, name) {
  const at = path.join(folder, kind, name);
  mkdirSync(at, { recursive: true });
  return at;
}

/** The fewest inputs that come as far as all that were ever found, and of them not too many. */
function shrink(name) {
  const [corpus, grown] = ['corpus', 'grown'].map((kind) => made(kind, name));
  const smaller = `${corpus}.smaller`;
  mkdirSync(smaller);
  const options = ['-set_cover_merge=1', '-use_counters=0', '-use_cmp=0', `-max_len=${MAX_LENGTH}`];
  execFileSync(binary(name), [...options, smaller, corpus, grown], { stdio: 'pipe' });
  const sized = readdirSync(smaller).map((file) => ({ file, size: statSync(path.join(smaller, file)).size }));
  const surplus = sized.sort((one, other) => one.size - other.size).slice(MAX_FILES);
  for (const { file } of surplus) rmSync(path.join(smaller, file));
  rmSync(corpus, { recursive: true });
  renameSync(smaller, corpus);
  console.log(`${name}: ${readdirSync(corpus).length} files`);
}

function report(outcomes) {
  const total = outcomes.reduce((sum, { count }) => sum + count, 0);
  console.log(`in all: ${total.toLocaleString('en')} inputs`);
  const failed = outcomes.filter((outcome) => outcome.failed).map(({ name }) => name);
  if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}; see fuzz/artifacts`);
}
