'use strict';

const { INCOMPLETE, Refusal, Replies } = require('../../../lib/direct/resp.js');
const { generator } = require('../../support');
const { rounds } = require('./resp-fuzz.js');

const BYTES = Buffer.from(
  [
    '*4\r\n$2\r\nab\r\n$-1\r\n$0\r\n\r\n$3\r\n\xe5\xb0\x8f\r\n',
    `*1\r\n$120\r\n${'x'.repeat(120)}\r\n`,
    '*2\r\n$13\r\n1764115200000\r\n$10\r\n0123456\r\n9\r\n',
    '+OK\r\n',
    '-WRONGTYPE no hash\r\n',
    ':-1\r\n',
    ':42\r\n',
    '*-1\r\n',
    '*0\r\n',
    '$7\r\na\r\nb\r\n\r\r\n',
  ].join(''),
  'latin1',
);

const WHOLE = [
  ['ab', null, '', '\xe5\xb0\x8f'],
  ['x'.repeat(120)],
  ['1764115200000', '0123456\r\n9'],
  'OK',
  new Refusal('WRONGTYPE no hash'),
  -1,
  42,
  null,
  [],
  'a\r\nb\r\n\r',
];

/** Reads pieces out of one buffer, as a socket fills it: behind each, `rest` is left of others. */
function read(pieces, rest = '') {
  const replies = new Replies();
  const found = [];
  for (const piece of pieces) {
    replies.add(Buffer.concat([piece, Buffer.from(rest)]), piece.length);
    for (let reply = replies.next(); reply !== INCOMPLETE; reply = replies.next()) found.push(reply);
  }
  return found;
}

test('replies are the same wherever they are cut in two, and byte by byte', () => {
  for (let at = 0; at <= BYTES.length; at += 1) {
    expect(read([BYTES.subarray(0, at), BYTES.subarray(at)])).toStrictEqual(WHOLE);
  }
  expect(read(Array.from(BYTES, (byte) => Buffer.from([byte])))).toStrictEqual(WHOLE);
});

test.each(['1\r\n', '\r\n', '\n', '\n$1\r\nx\r\n', 'x', '$1\r\nx\r\n'])(
  '%j that was left behind them is no part of replies',
  (rest) => {
    for (let at = 0; at <= BYTES.length; at += 1) {
      expect(read([BYTES.subarray(0, at), BYTES.subarray(at)], rest)).toStrictEqual(WHOLE);
    }
  },
);

test.each([
  'x\r\n',
  '$x\r\n',
  '$-2\r\n',
  '$-\r\n',
  '$1\r\nab\r\n',
  '*1x\r\n',
  '-no error\r\n',
  `:${'1'.repeat(16)}\r\n`,
])('%j is no reply of redis', (text) => {
  expect(() => read([Buffer.from(text)])).toThrow();
});

test('random replies, whole, cut and spoiled, are read as by another reader', () => {
  expect(rounds(generator(), (count) => count === 5000)).toBe(5000);
});
