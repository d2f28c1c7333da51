'use strict';

const { MessageChannel } = require('node:worker_threads');

/** Throws for whoever looks, and says so: what goes on around it must not hear of it. */
const explode = () => {
  throw new Error('a value of the test was looked at');
};

/** A view on a buffer that was given away. */
function detached() {
  const view = new Uint8Array(16);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(view.buffer, [view.buffer]);
  port1.close();
  port2.close();
  return view;
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A view that lies about itself. */
const lying = (lies) => Object.defineProperties(new Uint8Array(16), lies);

const circular = () => {
  const list = [];
  list.push(list);
  return list;
};

const HUGE = 'x'.repeat(1 << 20);

// Makers, not values: some are used up by looking at them.
const ODD = [
  () => undefined,
  () => null,
  () => true,
  () => false,
  () => 0,
  () => -0,
  () => 1.5,
  () => -1,
  () => 2 ** 53,
  () => Number.NaN,
  () => Infinity,
  () => 10n,
  () => -(2n ** 70n),
  () => Symbol('s'),
  () => Symbol.iterator,
  () => '',
  () => ' ',
  () => '\0',
  () => 'a\0b',
  () => '|',
  () => '||',
  () => '|'.repeat(1000),
  () => '\ud83d',
  () => '\udc00\ud83d',
  () => 'a\ud83d|\udc00|b',
  () => '\ufeff',
  () => '\u202e微信🐼',
  () => HUGE,
  () => '字'.repeat(100000),
  () => `${HUGE}|shop|${'0a'.repeat(32)}`,
  () => "'; DROP TABLE user; --",
  () => '%_*?[]\\',
  () => '\r\nFLUSHALL\r\n',
  () => '*1\r\n$8\r\nFLUSHALL\r\n',
  () => ({}),
  () => Object.create(null),
  () => ({ toString: explode }),
  () => ({ toString: () => ({}), valueOf: () => ({}) }),
  () => ({ toString: () => Symbol('s') }),
  () => ({ [Symbol.toPrimitive]: explode }),
  () => ({ toString: () => 'o1' }),
  () => Object.defineProperty({}, 'toString', { get: explode }),
  () => new Proxy({}, { get: explode, has: explode, getPrototypeOf: explode }),
  () => new Proxy({}, {}),
  () => new Proxy(Buffer.alloc(16), {}),
  revoked,
  () => [],
  () => ['o1'],
  () => [[], [null]],
  circular,
  () => Array(3),
  () => [Symbol('s')],
  () => () => 'o1',
  () => class {},
  () => new Date(0),
  () => new Date(Number.NaN),
  () => /x/,
  () => new Map([[1, 2]]),
  () => new Error('x'),
  () => Promise.resolve('o1'),
  () => new String('o1'),
  () => Buffer.alloc(0),
  () => Buffer.alloc(16),
  () => Buffer.alloc(1 << 20, 1),
  () => new Uint8Array(15),
  () => new Uint16Array(8),
  () => new Float64Array(2),
  () => new DataView(new ArrayBuffer(16)),
  () => new ArrayBuffer(16),
  () => new Uint8Array(new SharedArrayBuffer(16)),
  () => new SharedArrayBuffer(16),
  detached,
  () => lying({ byteLength: { value: 1 << 30 } }),
  () => lying({ byteOffset: { value: -1 } }),
  () => lying({ buffer: { get: explode } }),
  () => lying({ buffer: { value: null }, length: { value: -1 } }),
];

const LETTERS = [
  '|',
  '\0',
  '=',
  '+',
  '/',
  '-',
  '_',
  '%',
  "'",
  '"',
  '\\',
  '\n',
  'A',
  '0',
  'f',
  '\ud83d',
  '\udc00',
  '字',
  'é',
];

/** The text with some letters put in, taken out, changed, doubled. */
function mutate(random, text) {
  const letters = text.split('');
  for (let n = random.below(5); n >= 0; n -= 1) {
    const at = random.below(letters.length + 1);
    const change = random.below(4);
    if (change === 0) letters.splice(at, 1);
    else if (change === 1) letters.splice(at, 0, random.pick(LETTERS));
    else if (change === 2) letters[at] = random.pick(LETTERS);
    else letters.splice(at, 0, ...letters.slice(at, at + random.below(20)));
  }
  return letters.join('');
}

/** Any value at all: an odd one, random bytes, or something near to one of the `sensible` texts. */
function anyValue(random, sensible) {
  const kind = random.below(10);
  if (kind < 4) return random.pick(ODD)();
  if (kind === 4) return random.bytes(random.below(64));
  if (kind === 5) return random.bytes(random.below(64)).toString('latin1');
  if (kind < 9) return mutate(random, random.pick(sensible));
  return random.pick(sensible);
}

module.exports = { ODD, anyValue, mutate };
