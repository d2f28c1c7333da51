'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../support');

const all = ['javascript', 'lua', 'lua-ends', 'embedded', 'rust'].flatMap((list) =>
  require(`../../scripts/mutants/${list}.js`),
);

test('there are many mutants, each with a name of its own', () => {
  expect(all.length).toBeGreaterThanOrEqual(60);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test.each(all.map((mutant) => [mutant.name, mutant]))('%s: changes one place, and names tests', (_name, mutant) => {
  const source = fs.readFileSync(path.join(ROOT, mutant.file), 'utf8');
  expect(source.split(mutant.from)).toHaveLength(2);
  expect(mutant.to).not.toBe(mutant.from);
  expect(mutant.tests.filter((file) => !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
  expect(mutant.tests.length).toBeGreaterThan(0);
});
