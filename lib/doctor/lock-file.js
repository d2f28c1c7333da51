'use strict';

// Whether the lock file names the packages of all platforms. One that was made beside a
// `node_modules` may name that machine's alone, and then a server installs no binary.

const fs = require('fs');
const path = require('path');
const { nameOf } = require('../no-binary.js');
const manifest = require('../../package.json');

/** The names of lock files, and which of the packages each names. */
const LOCK_FILES = {
  'package-lock.json': namedInJson,
  'npm-shrinkwrap.json': namedInJson,
  'pnpm-lock.yaml': namedInText,
  'yarn.lock': namedInText,
  'bun.lock': namedInText,
};

function lookAtLockFile(tell, folder) {
  const wanted = Object.keys(manifest.optionalDependencies || {});
  const file = lockFileAbove(folder);
  if (wanted.length === 0 || file === undefined) return;
  const text = fs.readFileSync(file, 'utf8');
  if (!/\bmpauthx\b(?!-)/.test(text)) return;
  const name = path.basename(file);
  const missing = missingIn(name, text, wanted);
  if (missing === undefined) return tell('package.lock-unreadable', { file: name });
  if (missing.length === 0) return tell('package.lock', { file: name });
  const own = `mpauthx-${nameOf(process)}`;
  return missing.includes(own)
    ? tell('package.lock-lacks-this', { file: name, missing: [own, ...missing.filter((one) => one !== own)] })
    : tell('package.lock-lacks', { file: name, missing });
}

/** The nearest lock file in `folder` or above. */
function lockFileAbove(folder) {
  const here = Object.keys(LOCK_FILES).map((name) => path.join(folder, name));
  const found = here.find((file) => fs.existsSync(file));
  const above = path.dirname(folder);
  return found !== undefined || above === folder ? found : lockFileAbove(above);
}

function missingIn(name, text, wanted) {
  try {
    const isNamed = LOCK_FILES[name](text);
    return wanted.filter((one) => !isNamed(one));
  } catch (_) {
    return undefined;
  }
}

/** npm's: since 7 by folder, before that by name. */
function namedInJson(text) {
  const { packages, dependencies } = JSON.parse(text);
  const names = Object.keys(packages || dependencies || {}).map((key) => key.split('node_modules/').pop());
  return (name) => names.includes(name);
}

/** With a version: what merely depends on one names it as well. */
function namedInText(text) {
  return (name) => new RegExp(`${name}(@|/\\d)`).test(text);
}

module.exports = { lookAtLockFile, missingIn };
