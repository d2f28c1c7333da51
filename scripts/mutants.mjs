// `npm run mutants [-- name …]`: builds small faults into a copy of the package, one at a time, and
// runs the tests that each names. They must fail: a fault that they do not see is a survivor. Names
// are chosen by a part of them. `--quick`: those alone that need no build and few seconds.
// `--built`: the addon is there.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { findRedisServer } from './redis-server.mjs';
import { build, main, root, testRoot } from './run.mjs';

const require = createRequire(import.meta.url);
const lists = ['javascript', 'lua', 'lua-ends', 'embedded', 'rust'];
const all = lists.flatMap((list) => require(`./mutants/${list}.js`));

/** A test that hangs has seen the fault as well. In milliseconds, for a busy machine. */
const PATIENCE = 300_000;

/** In cargo's folder: what was compiled is found again, and Node finds the tests' packages. */
const copy = path.join(root, 'target', 'mutants');
const modules = ['node_modules', '__test__/node_modules'];

/** Which tests pass without a fault, as far as that was looked at. */
const green = new Map();

const given = process.argv.slice(2);
const names = given.filter((argument) => !argument.startsWith('--'));
const chosen = all
  .filter(({ quick }) => quick || !given.includes('--quick'))
  .filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));

main(async () => {
  if (chosen.length === 0) throw new Error('there is no such mutant');
  if (!given.includes('--built')) await build();
  copyTree();
  const outcomes = chosen.map((mutant) => ({ mutant, outcome: told(mutant, tried(mutant)) }));
  const count = (wanted) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const expected = outcomes.filter(({ mutant, outcome }) => outcome === 'survives' && mutant.survives).length;
  console.log(`\n${count('killed')} of ${outcomes.length} killed, ${expected} survive for a reason`);
  if (count('killed') + expected < outcomes.length) process.exitCode = 1;
});

/** Copies what git knows or would, and the addon; leaves alone what has not changed. */
function copyTree() {
  const listed = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root }).stdout;
  const files = listed.split('\0').filter((file) => file && existsSync(path.join(root, file)));
  for (const file of [...files, 'native.js', addon()]) {
    const [from, to] = [path.join(root, file), path.join(copy, file)];
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
    mkdirSync(path.dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
  for (const folder of modules) {
    if (!existsSync(path.join(copy, folder))) symlinkSync(path.join(root, folder), path.join(copy, folder));
  }
  for (const file of known()) if (!files.includes(file)) rmSync(path.join(copy, file));
  writeFileSync(path.join(copy, '.files'), files.join('\0'));
}

/** What an earlier run has copied. */
function known() {
  const list = path.join(copy, '.files');
  return existsSync(list)
    ? readFileSync(list, 'utf8')
        .split('\0')
        .filter((file) => existsSync(path.join(copy, file)))
    : [];
}

/** The addon's file for this machine: the newest one, where there are several. */
function addon() {
  const found = run('git', ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '*.node'], { cwd: root });
  const own = found.stdout.split('\0').filter((file) => /^[^/]+\.node$/.test(file));
  const time = (file) => statSync(path.join(root, file)).mtimeMs;
  return own.sort((a, b) => time(b) - time(a))[0];
}

/** 'killed', 'survives', 'does not build', or 'unsure': the tests fail without the fault, too. */
function tried(mutant) {
  const found = faultSeen(mutant);
  if (typeof found === 'string') return found;
  return isGreen(found.test, mutant.only) ? 'killed' : 'unsure';
}

/** Whether a test file passes without a fault; a busy machine may want it twice. */
function isGreen(test, only) {
  const key = `${test} ${only}`;
  if (!green.has(key)) green.set(key, !isRed(test, only) || !isRed(test, only));
  return green.get(key);
}

/** The first test that fails with the fault, as { test }, or what became of it otherwise. */
function faultSeen({ file, from, to, tests, only }) {
  const place = path.join(copy, file);
  const original = readFileSync(place, 'utf8');
  const changed = original.replace(from, () => to);
  writeFileSync(place, changed);
  try {
    if (file.endsWith('.rs') && !compile()) return 'does not build';
    if (file.endsWith('.lua')) exchange(original, changed);
    const test = tests.find((each) => isRed(each, only));
    return test === undefined ? 'survives' : { test };
  } finally {
    writeFileSync(place, original);
    if (!file.endsWith('.js')) copyFileSync(path.join(root, addon()), path.join(copy, addon()));
  }
}

/**
 * Puts a script in the place of another in the copy's addon, where it stands as it is written: that
 * takes no compiler. The new one is made as long as the old one was.
 */
function exchange(original, changed) {
  const place = path.join(copy, addon());
  const [from, without] = [Buffer.from(original), Buffer.from(changed.replace(/^ *--.*\n/gm, ''))];
  if (without.length > from.length) throw new Error('the fault is longer than the comments of its script');
  const to = Buffer.concat([without, Buffer.alloc(from.length - without.length, '\n')]);
  const bytes = readFileSync(place);
  let count = 0;
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + from.length)) {
    to.copy(bytes, at);
    count += 1;
  }
  if (count === 0) throw new Error('the addon is older than its sources');
  writeFileSync(place, bytes);
}

function told({ name, survives }, outcome) {
  console.log(`${outcome.padEnd(9)} ${name}${outcome === 'survives' && survives ? ` (${survives})` : ''}`);
  return outcome;
}

/** Builds the addon of the copy, beside what the package itself has compiled. */
function compile() {
  const args = ['run', 'build:fast', '--', '--target-dir', path.join(root, 'target')];
  return run('npm', args, { cwd: copy }).status === 0;
}

/** Whether a test file fails in the copy, of whose tests those run that `only` names. */
function isRed(test, only = '') {
  const config = path.join(copy, '__test__', test.endsWith('.full.test.js') ? 'jest.full.config.js' : 'jest.config.js');
  const program = path.join(testRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const environment = path.join(copy, 'scripts', 'mutants', 'until-failure.js');
  const args = [
    program,
    '--config',
    config,
    '--env',
    environment,
    '--ci',
    '-t',
    only,
    '--runTestsByPath',
    path.join(copy, test),
  ];
  const env = { ...process.env, REDIS_SERVER: findRedisServer() };
  for (const name of Object.keys(env)) if (name.startsWith('JEST_')) delete env[name];
  return run(process.execPath, args, { cwd: copy, env, timeout: PATIENCE }).status !== 0;
}

function run(command, args, options) {
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
}
