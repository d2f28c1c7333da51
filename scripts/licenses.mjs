// `npm run licenses`: writes THIRD-PARTY-LICENSES.md, which goes out with every binary: the crates
// inside, their licenses, and the texts that have to accompany them. `--check` only says whether it
// is up to date.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { main, root } from './run.mjs';

const FILE = path.join(root, 'THIRD-PARTY-LICENSES.md');

/**
 * Where we may choose, the first of these: the text of the first is our own license, and that of
 * the second is short.
 */
const PREFERRED = ['Apache-2.0', 'MIT'];

const { napi } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

main(async () => {
  const text = document(crates());
  if (!process.argv.includes('--check')) return writeFileSync(FILE, text);
  if (readFileSync(FILE, 'utf8') !== text) throw new Error('THIRD-PARTY-LICENSES.md is out of date: npm run licenses');
});

/** The crates that are in the binary of any platform, by name. */
function crates() {
  const targets = napi.targets.flatMap((target) => ['--target', target]);
  const shown = ['--edges', 'normal,no-proc-macro', '--prefix', 'none', '--no-dedupe', '--format', '{p}'];
  const inside = new Set(
    cargo('tree', '--locked', ...targets, ...shown)
      .split('\n')
      .map(idOf),
  );
  const { packages } = JSON.parse(cargo('metadata', '--format-version', '1', '--locked'));
  return packages
    .filter(({ name, version, source }) => source && inside.has(`${name} ${version}`))
    .sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** `name version`, of a line such as `libc v0.2.1 (…)`. */
function idOf(line) {
  return line.replace(/^(\S+) v(\S+).*$/, '$1 $2');
}

function cargo(...args) {
  return execFileSync('cargo', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
}

function document(packages) {
  const rows = packages.map((crate) => `| ${crate.name} | ${crate.version} | ${chosen(crate).join(' and ')} |`);
  const texts = new Map();
  for (const crate of packages) {
    for (const text of textsOf(crate)) texts.set(text, [...(texts.get(text) ?? []), `${crate.name} ${crate.version}`]);
  }
  const sections = [...texts].map(([text, names]) => `## ${names.join(', ')}\n\n\`\`\`\`text\n${text}\n\`\`\`\`\n`);
  return `# Third-party licenses

The binaries of mpauthx hold the crates below, the standard library of Rust (Apache-2.0 or MIT) and SQLite (public domain).
Where a crate lets us choose, the license that we chose is shown. The text of Apache-2.0 is in the file LICENSE; the other
texts follow.

| Crate | Version | License |
|---|---|---|
${rows.join('\n')}

${sections.join('\n')}`;
}

/** What a crate is used under: of each group of alternatives in its SPDX expression, one. */
function chosen({ license }) {
  return license
    .split(' AND ')
    .map((group) => group.replace(/[()]/g, '').split(/ OR |\//))
    .map((names) => PREFERRED.find((name) => names.includes(name)) ?? names[0]);
}

/** The texts that have to be shown for a crate, without the one that is ours. */
function textsOf(crate) {
  const licenses = chosen(crate);
  const folder = path.dirname(crate.manifest_path);
  const files = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
    .filter((name) => speaksOf(name, licenses));
  const texts = files.map((name) => tidy(readFileSync(path.join(folder, name), 'utf8')));
  const shown = texts.filter((text) => !/^\s*Apache License\s+Version 2\.0/.test(text));
  if (shown.length > 0 || licenses.every((license) => license === 'Apache-2.0')) return shown;
  if (licenses.every((license) => license === 'MIT')) return [mit(crate)];
  throw new Error(`${crate.name} ${crate.version} brings no text of its license, ${crate.license}`);
}

/**
 * Whether a file is to be shown by its name: it names no license, one of these, or code of others
 * in the crate.
 */
function speaksOf(name, licenses) {
  if (/^[a-z]+(\.\w+)?$/i.test(name) || /third-party|other|boringssl/i.test(name)) return true;
  return licenses.some((license) => new RegExp(`-${license.split('-')[0]}\\b`, 'i').test(name));
}

function tidy(text) {
  return text
    .replace(/\r/g, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
}

/** Of crates that name MIT as their license and leave its text out. */
function mit({ authors, name }) {
  const holders =
    authors.length > 0 ? authors.map((author) => author.replace(/ <.*/, '')).join(', ') : `the authors of ${name}`;
  return `MIT License

Copyright (c) ${holders}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
}

function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}
