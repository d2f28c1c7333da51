// The rules of the house that no other linter knows. Prints `file:line: rule` for whatever breaks
// one. Run directly, it checks all tracked files, or those whose paths begin with an argument.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMain, root } from './run.mjs';

const MAX_LINES = 300;
const MAX_COMMENT = 100;

/** Files that may be longer, each with its reason. */
const LONG = {
  'index.d.ts': 'the types of the package are one page to read',
  '__test__/stores/conformance/session-store.js': 'what every store does with sessions is one list',
  '__test__/stores/conformance/session-store-rotation.js': 'what every store does with rotations is one list',
  '__test__/stores/redis/session-outage.full.test.js': 'each call meets each refusal of redis, in one table',
};

const SOURCES = /^(src|lib|bin|core|bench|fuzz|scripts|examples|__test__)\/|^index\.(js|d\.ts)$/;
const CODE = /\.(rs|js|cjs|mjs|lua|ts|mts)$/;
const COMMENTED = /\.(rs|js|cjs|mjs|lua|ts|mts|sh)$/;

/** How a line of comment begins, by the end of the file's name; in all others as in JavaScript. */
const COMMENT = { '.rs': /^\s*\/\//, '.lua': /^\s*--/, '.sh': /^\s*#/ };
const JAVASCRIPT = /^\s*(\/\/|\/\*|\*([ /]|$))/;

const SEPARATOR = /'\|'|"\|"/;
const STATUS = /\b(600\d|601[01]|9999)\b/;

/** Each rule says which files it is for, and finds the lines that break it, counted from 1. */
const RULES = [
  {
    rule: `a file has at most ${MAX_LINES} lines`,
    isFor: (file) => CODE.test(file) && !Object.hasOwn(LONG, file),
    find: (lines) => (lines.length > MAX_LINES ? [lines.length] : []),
  },
  {
    rule: `a comment ends at column ${MAX_COMMENT}`,
    isFor: (file) => COMMENTED.test(file),
    find: (lines, file) => where(lines, (line) => isComment(line, file) && isTooWide(line)),
  },
  {
    rule: 'only src/binding knows napi',
    isFor: (file) => /^src\/(?!binding\b|lib\.rs$)/.test(file),
    find: (lines) => where(lines, (line) => /napi/.test(line)),
  },
  {
    rule: "only src/token.rs and lib/token.js know the separator of a token's parts",
    isFor: (file) => /^(src|lib|core)\/|^index\.js$/.test(file) && !/^(src\/token\.rs|lib\/token\.js)$/.test(file),
    find: (lines, file) => where(lines, (line) => SEPARATOR.test(codeOf(line, file))),
  },
  {
    rule: 'only src/error.rs knows the status numbers',
    isFor: (file) => /^(src|lib|core)\/|^index\.js$/.test(file) && file !== 'src/error.rs',
    find: (lines, file) => where(withoutTests(lines), (line) => STATUS.test(codeOf(line, file))),
  },
];

/** What breaks a rule in the tracked files whose paths begin with one of `starts`, as text. */
function broken(starts) {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const files = tracked
    .filter((file) => SOURCES.test(file) && existsSync(path.join(root, file)))
    .filter((file) => starts.length === 0 || starts.some((start) => file.startsWith(start)));
  return files.flatMap((file) => {
    const lines = readFileSync(path.join(root, file), 'utf8').replace(/\n$/, '').split('\n');
    const rules = RULES.filter(({ isFor }) => isFor(file));
    return rules.flatMap(({ rule, find }) => find(lines, file).map((line) => `${file}:${line}: ${rule}`));
  });
}

/** The numbers of the lines for which `test` holds. */
function where(lines, test) {
  return lines.flatMap((line, i) => (test(line) ? [i + 1] : []));
}

function isComment(line, file) {
  return (COMMENT[path.extname(file)] ?? JAVASCRIPT).test(line);
}

/** Whether a line is too wide and could be wrapped: one long word, such as a URL, could not. */
function isTooWide(line) {
  const [, ...words] = line.trim().split(/\s+/);
  return [...line].length > MAX_COMMENT && words.length > 1;
}

/** A line without its comment. */
function codeOf(line, file) {
  return isComment(line, file) ? '' : line.replace(/\s(\/\/|--)\s.*/, '');
}

/** Unit tests stand at the end of a file of Rust. */
function withoutTests(lines) {
  const start = lines.findIndex((line) => /^#\[cfg\(test\)\]/.test(line));
  return start < 0 ? lines : lines.slice(0, start);
}

if (isMain(import.meta.url)) {
  const found = broken(process.argv.slice(2));
  for (const each of found) console.error(each);
  if (found.length > 0) process.exitCode = 1;
}
