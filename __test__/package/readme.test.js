'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { defer, mpauthx, ROOT } = require('../support');
const { certificates } = require('../support/certificates');

const FILES = ['docs/redis.md', 'docs/redis.zh-CN.md'];
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...fs.readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`),
];
const PLACES = /(redis\.internal|redis-proxy\.internal|10\.0\.0\.\d)(:\d+)/g;

/** The code in a documentation file, without comments. */
function blocks(file) {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, code]) => code.replace(/(^|\s+)(\/\/|#) .*$/gm, ''));
}

const examples = (file) => blocks(file).filter((code) => /^ *tokens: \{/m.test(code));

test('both languages show the same code', () => {
  const english = PAGES.filter((page) => !page.endsWith('.zh-CN.md'));
  const shown = (page) => blocks(page).filter((code) => !code.startsWith('sequenceDiagram'));
  expect(english.flatMap(blocks).length).toBeGreaterThan(8);
  // Code speaks to the reader in its comments, which are gone, and in nothing else; diagrams do in
  // their texts.
  for (const page of english) expect([page, shown(page.replace(/\.md$/, '.zh-CN.md'))]).toEqual([page, shown(page)]);
});

test('the pages show a server, Sentinels, a Cluster and a proxy', () => {
  for (const file of FILES) {
    const places = examples(file).map((code) => code.match(/tokens: \{\s*(\w+)/)[1]);
    expect(places).toEqual(['url', 'sentinels', 'cluster', 'url']);
    expect(examples(file)[3]).toContain("layout: 'tagged'");
  }
});

test.each(FILES.flatMap((file) => [0, 1, 2, 3].map((i) => [file, i])))('%s: example %i makes an object', (file, i) => {
  const ca = fs.readFileSync(certificates().ca);
  // Nobody is to be reached, least of all a stranger with such an address.
  const code = examples(file)[i].replace(PLACES, '127.0.0.1:1');
  expect(code).not.toBe(examples(file)[i]);
  const modules = { fs: { readFileSync: () => ca }, mpauthx };
  const run = new Function('require', 'mpauthx', 'process', `${code.replace(/const mpauthx = .*/, '')}\nreturn auth;`);
  const auth = run((name) => modules[name], mpauthx, { env: { REDIS_PASSWORD: 'pw' } });
  defer(() => auth.close());
  expect(typeof auth.authorize).toBe('function');
});
