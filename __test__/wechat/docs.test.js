'use strict';

const fs = require('node:fs');
const path = require('node:path');

const DOCS = path.join(__dirname, '../../docs');
const FAKE = path.join(__dirname, '../../lib/testing/fake-wechat');
/** The flows, and the errcodes. */
const [english, chinese] = ['.md', '.zh-CN.md'].map((ending) =>
  ['wechat', 'errors'].map((page) => fs.readFileSync(path.join(DOCS, `${page}${ending}`), 'utf8')).join('\n'),
);

/** What must be the same in both languages. */
const facts = (text) => ({
  errcodes: text.match(/^\| -?\d+(?:(?:, |、)\d+)* \|/gm).map((cell) => cell.match(/-?\d+/g)),
  sources: text.match(/https:\/\/developers\.weixin\.qq\.com\/\S+?(?=[)\s])/g),
  references: [...text.replace(/^\[\d+\]: .*$/gm, '').matchAll(/\[(\d+)\]/g)].map(([, number]) => number).sort(),
  arrows: text.match(/^ +\w-?->>\w: /gm),
  functions: [...new Set(text.match(/`(?:wechat|sessions)\.\w+\(/g))],
  code: [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code.replace(/\/\/.*/g, '')),
});

test('both languages say the same', () => {
  expect(facts(chinese)).toEqual(facts(english));
  expect(facts(english).errcodes.flat()).toEqual(expect.arrayContaining(['-1', '40029', '40163', '45011']));
});

test('every errcode with which the fake WeChat refuses is explained', () => {
  // What no application meets, since the library sends the parameter; and what no page explains.
  const unexplained = ['40002', '40066', '41001', '41005'];
  const sources = fs.readdirSync(FAKE).map((name) => fs.readFileSync(path.join(FAKE, name), 'utf8'));
  const refusals = sources.flatMap((text) => [...text.matchAll(/(?:refuse\(|', )(-?\d{5,}|-1)\b/g)]);
  const errcodes = new Set(refusals.map(([, errcode]) => errcode));
  expect(errcodes.size).toBeGreaterThan(25);
  expect(facts(english).errcodes.flat()).toEqual(
    expect.arrayContaining([...errcodes].filter((each) => !unexplained.includes(each))),
  );
});

test('every reference is in the list of sources, and every source is referred to', () => {
  for (const text of [english, chinese]) {
    const defined = [...text.matchAll(/^\[(\d+)\]: /gm)].map(([, number]) => number);
    expect([...new Set(facts(text).references)].sort()).toEqual([...new Set(defined)].sort());
  }
});
