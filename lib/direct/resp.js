'use strict';

// The replies of redis as its protocol has them, RESP2: text for what is one, null for nothing, an
// array, a number, or a Refusal.

/** There is no whole reply yet. */
const INCOMPLETE = Symbol('incomplete');

/** So much of a reply that is not whole is none of redis'. */
const MAX_REST = 1 << 20;

/** Longer than the length of anything that a reply holds. */
const MAX_DIGITS = 15;

const [CR, LF, MINUS, ZERO, NINE] = ['\r', '\n', '-', '0', '9'].map((letter) => letter.charCodeAt(0));
const [SIMPLE, ERROR, NUMBER, BULK, ARRAY] = ['+', '-', ':', '$', '*'].map((letter) => letter.charCodeAt(0));

/** What redis does not do. */
class Refusal {
  constructor(text) {
    this.text = text;
  }
}

class Replies {
  constructor() {
    this.bytes = Buffer.alloc(0);
    this.text = '';
    this.at = 0;
  }

  /**
   * Adds what came, the first `count` of `bytes`: as bytes, which are read several times faster
   * than a string, and as text, each byte one character, of which replies are parts. The text says
   * where they end: to cut bytes off costs as much as to read a reply.
   */
  add(bytes, count) {
    const rest = this.text.slice(this.at);
    if (rest.length > MAX_REST) throw new Error('the reply is too long');
    this.text = rest + bytes.latin1Slice(0, count);
    this.bytes = rest === '' ? bytes : Buffer.from(this.text, 'latin1');
    this.at = 0;
  }

  /** The next reply; INCOMPLETE where it is not whole yet. Throws where it is none of redis'. */
  next() {
    const from = this.at;
    const reply = this.read();
    if (reply === INCOMPLETE) this.at = from;
    return reply;
  }

  read() {
    if (this.at === this.text.length) return INCOMPLETE;
    switch (this.bytes[this.at]) {
      case BULK:
        return this.bulk();
      case ARRAY:
        return this.array();
      case NUMBER:
        return this.number();
      case SIMPLE:
        return this.line();
      case ERROR:
        return this.refusal();
      default:
        throw new Error('that is no reply');
    }
  }

  array() {
    const length = this.number();
    if (length === INCOMPLETE || length === -1) return length === -1 ? null : length;
    const items = [];
    for (let i = 0; i < length; i += 1) {
      const item = this.shortText() ?? this.read();
      if (item === INCOMPLETE) return INCOMPLETE;
      items.push(item);
    }
    return items;
  }

  /** A text of 10 to 99 bytes, as times are; undefined where it is none, or not whole. */
  shortText() {
    const { bytes, at } = this;
    if (bytes[at] !== BULK) return undefined;
    const tens = bytes[at + 1] - ZERO;
    const ones = bytes[at + 2] - ZERO;
    const start = at + 5;
    const end = start + 10 * tens + ones;
    const isShort = tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 && isLineEnd(bytes, start - 2);
    if (!isShort || end + 2 > this.text.length || !isLineEnd(bytes, end)) return undefined;
    this.at = end + 2;
    return this.text.slice(start, end);
  }

  bulk() {
    const length = this.number();
    if (length === INCOMPLETE || length === -1) return length === -1 ? null : length;
    const { text, at } = this;
    const end = at + length;
    if (text.length < end + 2) return INCOMPLETE;
    this.expectLineEnd(end);
    return text.slice(at, end);
  }

  /** The whole number behind a type. */
  number() {
    const { bytes } = this;
    const start = this.at + 1;
    const isNegative = bytes[start] === MINUS;
    let at = isNegative ? start + 1 : start;
    const first = at;
    let number = 0;
    for (; bytes[at] >= ZERO && bytes[at] <= NINE; at += 1) number = 10 * number + (bytes[at] - ZERO);
    if (at + 2 > this.text.length) return INCOMPLETE;
    if (at - first > MAX_DIGITS) throw new Error('that is no length');
    if (at === first || (isNegative && number !== 1)) throw new Error('that is no number');
    this.expectLineEnd(at);
    return isNegative ? -1 : number;
  }

  line() {
    const end = this.text.indexOf('\r\n', this.at);
    if (end === -1) return INCOMPLETE;
    const line = this.text.slice(this.at + 1, end);
    this.at = end + 2;
    return line;
  }

  refusal() {
    const line = this.line();
    if (line === INCOMPLETE) return line;
    if (!/^[A-Z]+( |$)/.test(line)) throw new Error('that is no error of redis');
    return new Refusal(line);
  }

  expectLineEnd(at) {
    if (!isLineEnd(this.bytes, at)) throw new Error('that does not end');
    this.at = at + 2;
  }
}

function isLineEnd(bytes, at) {
  return bytes[at] === CR && bytes[at + 1] === LF;
}

/** A command; every part is text of ASCII characters. */
function command(...parts) {
  return `*${parts.length}\r\n${parts.map(bulk).join('')}`;
}

/** Text of ASCII characters as a part of a command. */
function bulk(text) {
  return `$${text.length}\r\n${text}\r\n`;
}

module.exports = { INCOMPLETE, Refusal, Replies, bulk, command };
