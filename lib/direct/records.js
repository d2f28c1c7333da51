'use strict';

// Tokens' records in redis: how they are asked for, and what they say. src/sessions/redis/direct.rs
// tells which fields they have.

const { bulk } = require('./resp.js');

/** Hex digits at the end of a token. */
const HEX = 64;

/** Tokens whose names in redis are plain text, and can be nothing else than a token's. */
const PLAIN = /^[!-{}~]{1,128}\|[ -~]{0,128}\|[0-9a-f]{64}$/;

/** Unix milliseconds have thirteen digits until the year 2286. */
const TIME = /^\d{13}$/;

/** Where the openid stands among the fields, if it is asked for. */
const OPEN_ID = 3;

/** What is stored of an openid: nothing where it is the user's id, else it is sealed. */
const STORED = /^[\w+/=]*$/;

const ASCII = /^[ -~]*$/;

/** The records as one kind of check reads them. */
class Records {
  constructor(fields, { tagged, idle }) {
    this.count = fields.length;
    this.isTagged = tagged;
    this.idle = idle;
    this.before = `*${fields.length + 2}\r\n${bulk('HMGET')}$`;
    this.after = `\r\n${fields.map(bulk).join('')}`;
  }

  /** The command that reads the record of a token. */
  command(token) {
    const name = this.isTagged ? `mpauthx:{u:${token.slice(0, -HEX - 1)}}:${token.slice(-HEX)}` : token;
    return `${this.before}${name.length}\r\n${name}${this.after}`;
  }

  /** Whether a reply is one to the command. */
  fits(reply) {
    return Array.isArray(reply) && reply.length === this.count && reply.every(isField);
  }

  /**
   * Whether a record says by itself that its token is live at that time, of thirteen digits, and
   * that no use of it needs to be written down.
   */
  isLive(record, time) {
    const [issued, expires] = record;
    if (!isTime(issued) || !(expires === '' || (isTime(expires) && expires > time))) return false;
    if (this.count > OPEN_ID && !STORED.test(record[OPEN_ID] ?? '')) return false;
    const seen = record[this.count - 1];
    return this.idle === 0 || (isTime(seen) && Number(time) - Number(seen) < this.idle / 10);
  }
}

function isPlain(token) {
  return PLAIN.test(token);
}

function isField(item) {
  return item === null || typeof item === 'string';
}

function isTime(field) {
  return field !== null && TIME.test(field);
}

/** A time in digits; null where there is none. */
function timeIn(digits) {
  return digits === '' || digits === undefined ? null : Number(digits);
}

/** Each byte of a reply is one character still. */
function textIn(bytes) {
  return bytes === null || ASCII.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString();
}

module.exports = { OPEN_ID, Records, isPlain, textIn, timeIn };
