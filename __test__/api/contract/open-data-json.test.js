'use strict';

const crypto = require('node:crypto');
const { generator, sample } = require('../../support');
const { authorize, contract } = require('./support');

const here = contract();

const COUNT = 2000;
const TEXT = JSON.stringify({
  openId: 'o1',
  nickName: 'a"\\ü🐼',
  gender: 1,
  list: [true, false, null, -1.5e3, {}, []],
  watermark: { timestamp: 1477314187, appid: sample.appId },
});

// What JSON is made of, and what it may not be made of.
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\\ud83d',
  '\\/',
  '\\x',
  "'",
  '0',
  '-',
  '+',
  '.',
  'e9',
  '1e999',
];
const MORE = [
  'null',
  'tru',
  '/**/',
  ' ',
  '\n',
  '\t',
  '\0',
  '\x1f',
  '\x7f',
  '\u2028',
  '\ufeff',
  '\xff',
  '"openId":"x",',
  '"a":1,',
];

/** The text as bytes, with pieces put in, taken out and changed. */
function spoiled(random) {
  const bytes = [...Buffer.from(TEXT)];
  for (let n = random.below(3); n >= 0; n -= 1) {
    const piece = Buffer.from(random.pick([...PIECES, ...MORE]), random.below(2) ? 'utf8' : 'latin1');
    bytes.splice(random.below(bytes.length + 1), random.below(3), ...(random.below(4) ? piece : []));
  }
  return Buffer.from(bytes);
}

/** The text with the control characters in its strings escaped. */
const escaped = (text) =>
  text.replace(/"(?:[^"\\]|\\.)*"/gs, (string) =>
    string.replace(/\\[\s\S]|[^ -\uffff]/g, (part) =>
      part.length > 1 ? part : `\\u${part.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );

/**
 * What Node makes of the bytes once control characters are escaped: true for a login, else the code
 * of the refusal.
 */
function expected(bytes) {
  try {
    const { openId, watermark } = JSON.parse(escaped(bytes.toString()));
    if (watermark.appid !== sample.appId) return 6011;
    return openId === 'o1' || 6009;
  } catch {
    return 6011;
  }
}

test(`${COUNT} spoiled texts are read as JSON.parse reads them, raw control characters too`, async () => {
  const random = generator();
  const outcomes = new Map();
  for (let i = 0; i < COUNT; i += 1) {
    const bytes = spoiled(random);
    const login = { code: crypto.randomUUID(), ...here.wechat.seal(bytes) };
    here.wechat.answer(login.code, { openid: 'o1', session_key: login.sessionKey });
    const outcome = await authorize(here.app, login).then(
      () => true,
      (error) => error.code,
    );
    expect([random.seed, bytes.toString('latin1'), outcome]).toEqual([
      random.seed,
      bytes.toString('latin1'),
      expected(bytes),
    ]);
    outcomes.set(outcome, (outcomes.get(outcome) || 0) + 1);
  }
  expect([...outcomes.keys()].sort()).toEqual([6009, 6011, true].sort());
}, 120000);
