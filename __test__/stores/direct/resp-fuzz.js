'use strict';

// Replies of redis at random, whole, cut and spoiled, for the reader of the short way. As a program
// it goes on for so long, and prints as JSON what should not have happened. Argument: JSON
// { seconds }.

const assert = require('node:assert');
const { INCOMPLETE, Refusal, Replies, command } = require('../../../lib/direct/resp.js');
const { generator } = require('../../support/random.js');

/** Letters that mean something to the protocol stand among the others. */
const LETTERS = ['\r', '\n', '\r\n', '$', '*', '-', ':', '+', '0', '1', '9', 'a', '\0', '\xff', '\xe5\xb0\x8f'];

const KINDS = {
  nothing: () => null,
  text: (random) => textOf(random, random.pick([0, 1, 9, 10, 99, 100, 300])),
  number: (random) => random.pick([-1, 0, 1, 42, random.next(), 999999999999999]),
  // A simple text and a bulk of the same letters are read alike.
  line: (random) => new Line(textOf(random, 20).replaceAll(/[\r\n]/g, '')),
  refusal: (random) => new Refusal(`${random.pick(['ERR', 'MOVED', 'A'])}${random.pick(['', ' ', ' no key'])}`),
  list: (random, depth) => Array.from({ length: random.below(depth === 0 ? 1 : 7) }, () => anyReply(random, depth - 1)),
};

class Line {
  constructor(text) {
    this.text = text;
  }
}

function textOf(random, most) {
  return Array.from({ length: random.below(most + 1) }, () => random.pick(LETTERS)).join('');
}

function anyReply(random, depth = 3) {
  return KINDS[random.pick(Object.keys(KINDS))](random, depth);
}

/** The reply in bytes as redis sends it. */
function print(reply) {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (reply instanceof Line) return `+${reply.text}\r\n`;
  if (reply instanceof Refusal) return `-${reply.text}\r\n`;
  if (Array.isArray(reply)) return `*${reply.length}\r\n${reply.map(print).join('')}`;
  return `$${reply.length}\r\n${reply}\r\n`;
}

/** What the reader makes of the reply. */
function meaning(reply) {
  if (Array.isArray(reply)) return reply.map(meaning);
  return reply instanceof Line ? reply.text : reply;
}

/** The replies in `pieces`, until there is no other; and whether the reader threw. */
function read(pieces) {
  const replies = new Replies();
  const found = [];
  try {
    for (const piece of pieces) {
      replies.add(Buffer.from(piece, 'latin1'));
      for (let reply = replies.next(); reply !== INCOMPLETE; reply = replies.next()) found.push(reply);
    }
  } catch (error) {
    assert.match(error.message, /^(that|the reply) /);
    return { found, threw: true };
  }
  return { found, threw: false };
}

/** Cuts text into pieces anywhere. */
function cut(random, text) {
  const pieces = [];
  for (let at = 0; at < text.length; ) {
    const end = at + 1 + random.below(random.pick([1, 5, text.length]));
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

function spoil(random, text) {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + textOf(random, 3) + text.slice(at + random.below(3));
}

/**
 * The first reply in text by the page on the protocol, and what follows it; null where there is
 * none.
 */
function reference(text) {
  const head = /^([$*:+-])(.*?)\r\n/s.exec(text);
  if (head === null) return null;
  const [line, type, value] = head;
  const rest = text.slice(line.length);
  if (type === '+') return [value, rest];
  if (type === '-') return /^[A-Z]+( |$)/.test(value) ? [new Refusal(value), rest] : null;
  if (!/^(\d{1,15}|-0*1)$/.test(value)) return null;
  const number = Number(value);
  if (type === ':') return [number, rest];
  if (number === -1) return [null, rest];
  if (type === '$') return rest.startsWith('\r\n', number) ? [rest.slice(0, number), rest.slice(number + 2)] : null;
  return referenceList(number, rest);
}

function referenceList(length, text) {
  const items = [];
  let rest = text;
  while (items.length < length) {
    const next = reference(rest);
    if (next === null) return null;
    items.push(next[0]);
    rest = next[1];
  }
  return [items, rest];
}

function allByReference(text) {
  const found = [];
  for (let next = reference(text); next !== null; next = reference(next[1])) found.push(next[0]);
  return found;
}

/** One round: replies, and the same spoiled. */
function round(random) {
  const replies = Array.from({ length: 1 + random.below(4) }, () => anyReply(random));
  const text = replies.map(print).join('');
  const whole = { found: replies.map(meaning), threw: false };
  assert.deepStrictEqual(read([text]), whole);
  assert.deepStrictEqual(read(cut(random, text)), whole);

  const spoiled = spoil(random, text);
  const outcome = read([spoiled]);
  assert.deepStrictEqual(outcome.found, allByReference(spoiled));
  assert.deepStrictEqual(read(cut(random, spoiled)), outcome);

  const parts = Array.from({ length: 1 + random.below(3) }, () => textOf(random, 12));
  assert.deepStrictEqual(read([command(...parts)]).found, [parts]);
}

/** Rounds until `isOver`; returns how many. */
function rounds(random, isOver) {
  let count = 0;
  for (; !isOver(count); count += 1) {
    try {
      round(random);
    } catch (error) {
      error.message = `SEED=${random.seed}, round ${count}: ${error.message}`;
      throw error;
    }
  }
  return count;
}

module.exports = { rounds };

if (require.main === module) {
  const end = Date.now() + 1000 * JSON.parse(process.argv.at(-1)).seconds;
  const faults = [];
  let calls = 0;
  try {
    calls = rounds(generator(), () => Date.now() > end);
  } catch (error) {
    faults.push(String(error.stack));
  }
  console.log(JSON.stringify({ faults, calls }));
}
