'use strict';

// Links from one page of the documentation to another.

const fs = require('node:fs');
const path = require('node:path');
const { files } = require('../../package.json');
const { ROOT } = require('../support');

const PAGES = fs.readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`);
/** What is published. */
const PUBLISHED = ['README.md', 'CHANGELOG.md', 'SECURITY.md', ...PAGES.filter((page) => !page.endsWith('.zh-CN.md'))];
const ENGLISH = [...PUBLISHED, 'CONTRIBUTING.md'];
/** What npm packs whatever `files` says, besides `files`. */
const PACKED = ['README.md', 'LICENSE', ...files];
const chinese = (page) => page.replace(/\.md$/, '.zh-CN.md');

const read = (page) => fs.readFileSync(path.join(ROOT, page), 'utf8');

/**
 * The links of a page into the repository: `[page, section]`, the section `undefined` where there
 * is none.
 */
function linksOf(page) {
  const text = read(page).replace(/```.*?```/gs, '');
  const targets = [...text.matchAll(/\]\((?!https?:)([^)]*)\)/g)].map(([, target]) => target.split('#'));
  return targets.map(([file, section]) => [file ? path.join(path.dirname(page), file) : page, section]);
}

/** The sections of a page, as GitHub names them in links. */
function sectionsOf(page) {
  const titles = [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase());
  return titles.map((title) => title.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/ /g, '-'));
}

/** How many sections, items of lists and rows of tables a page has. */
function partsOf(page) {
  const text = read(page).replace(/```.*?```/gs, '');
  const count = (begin) => text.match(begin)?.length ?? 0;
  return { sections: count(/^#+ /gm), items: count(/^ *(-|\d+\.) /gm), rows: count(/^\|/gm) };
}

test.each([...ENGLISH, ...ENGLISH.map(chinese)])('the links of %s lead somewhere', (page) => {
  for (const [file, section] of linksOf(page)) {
    expect([file, fs.existsSync(path.join(ROOT, file))]).toEqual([file, true]);
    if (section !== undefined) expect(sectionsOf(file)).toContain(section);
  }
});

test.each([...PUBLISHED, ...PUBLISHED.map(chinese)])('%s and what it links to are in the package', (page) => {
  const isPacked = (file) => PACKED.some((name) => file === name || file.startsWith(`${name}/`));
  const targets = linksOf(page).map(([file]) => file);
  expect([page, ...targets].filter((file) => !isPacked(file))).toEqual([]);
});

test.each(ENGLISH)('%s has as many sections, items and rows in Chinese', (page) => {
  expect(partsOf(chinese(page))).toEqual(partsOf(page));
});

test.each(ENGLISH)('%s links to its twin', (page) => {
  const twins = (from, to) => linksOf(from).filter(([file]) => file === to);
  expect(twins(page, chinese(page)).length).toBeGreaterThan(0);
  expect(twins(chinese(page), page).length).toBeGreaterThan(0);
});

test.each(ENGLISH)('%s links to sections of the same pages in Chinese', (page) => {
  const pages = (links) => links.filter(([, section]) => section !== undefined).map(([file]) => file);
  const translated = pages(linksOf(page)).map(chinese);
  expect(pages(linksOf(chinese(page))).sort()).toEqual(translated.sort());
});
