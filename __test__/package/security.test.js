'use strict';

// The threat model in SECURITY.md names the tests that show what stops an attacker.

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../support');

/** What the last column of the threat model names, row by row. */
function namedIn(page) {
  const rows = fs.readFileSync(path.join(ROOT, page), 'utf8').match(/^\|.*`[^`]*\.(js|rs)`.*\|$/gm);
  return rows.map((row) =>
    [
      ...row
        .split('|')
        .at(-2)
        .matchAll(/`([^`]+)`/g),
    ].map(([, name]) => name),
  );
}

const where = (name) => path.join(ROOT, name.startsWith('fuzz/') ? '' : '__test__', name);

test('each attacker is met by tests that exist', () => {
  const named = namedIn('SECURITY.md');
  expect(named.length).toBeGreaterThan(10);
  for (const names of named) expect(names.length).toBeGreaterThan(0);
  expect(named.flat().filter((name) => !fs.existsSync(where(name)))).toEqual([]);
});

test('they are the same in Chinese', () => {
  expect(namedIn('SECURITY.zh-CN.md')).toEqual(namedIn('SECURITY.md'));
});
