'use strict';

// The part of the suite for machines of any kind: without the files that want what a machine lacks.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const config = require('./jest.config.js');

/** Our own programs for Wine say so. */
const isWine = process.platform === 'win32' && process.env.WINEPREFIX !== undefined;

const has = (program) => spawnSync(program, ['version']).error === undefined;

/** What files of tests may want, how that is seen, and where there is none. */
const WANTED = [
  {
    what: 'a redis that a test starts and stops',
    seen: /\b(startRedis|setting)\(/,
    isMissing: process.platform === 'win32' || !has(process.env.REDIS_SERVER || 'redis-server'),
  },
  {
    what: 'openssl, which makes the certificates of tests',
    seen: /\bcertificates\(/,
    isMissing: !has('openssl'),
  },
  {
    what: 'connections that Node makes itself, which fail under Wine 8 (connect UNKNOWN)',
    seen: /\bfetch\b|\bhttp\.(get|request)\(|wx\.request/,
    isMissing: isWine,
  },
  {
    what: 'a server that goes while it is asked, at which Node ends under Wine 8 (an assertion of libuv)',
    seen: /\bhangingWeChat\(/,
    isMissing: isWine,
  },
  {
    what: 'signals that stop a process or go to it, as POSIX has them',
    seen: /\bkill\('SIG/,
    isMissing: process.platform === 'win32',
  },
];

const FOLDERS = ['api', 'package', 'robustness', 'stores', 'users', 'wechat'];

/** All of a folder whose names end in `.test.js`. */
function testsIn(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testsIn(file);
    return file.endsWith('.test.js') ? [file] : [];
  });
}

/** The text of a file, and of those beside it that it loads; not of what all tests share. */
function textOf(file, seen = new Set()) {
  if (seen.has(file) || !fs.existsSync(file) || file.startsWith(path.join(__dirname, 'support'))) return '';
  seen.add(file);
  const text = fs.readFileSync(file, 'utf8');
  const loaded = [...text.matchAll(/require\('(\.[^']*)'\)/g)].map(([, name]) =>
    path.resolve(path.dirname(file), name),
  );
  const inside = loaded.filter((name) => name.startsWith(__dirname));
  return [text, ...inside.map((name) => textOf(name.endsWith('.js') ? name : `${name}.js`, seen))].join('\n');
}

/** `[file, what it wants]` of those that are left out. */
function leftOut() {
  const missing = WANTED.filter(({ isMissing }) => isMissing);
  return FOLDERS.flatMap((name) => testsIn(path.join(__dirname, name))).flatMap((file) => {
    const text = textOf(file);
    const wanted = missing.find(({ seen }) => seen.test(text));
    return wanted ? [[file, wanted.what]] : [];
  });
}

const escaped = (file) => path.relative(__dirname, file).split(path.sep).join('/').replace(/\./g, '\\.');

module.exports = {
  ...config,
  testPathIgnorePatterns: [...config.testPathIgnorePatterns, ...leftOut().map(([file]) => `/${escaped(file)}$`)],
};

if (require.main === module) for (const [file, what] of leftOut()) console.log(`${escaped(file)}: ${what}`);
