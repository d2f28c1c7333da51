'use strict';

// Tokens' records in redis: how they are asked for, and what they say. src/sessions/redis/direct.rs
// tells which fields they have.

const { HEX_LENGTH } = require('../token.js');
const { bulk } = require('./resp.js');

/** Unix milliseconds have thirteen digits until the year 2286. */
const TIME = /^\d{13}$/;

/** Where the openid stands among the fields, if it is asked for. */
const OPEN_ID = 3;

/** What is stored of an openid: nothing where it is the user's id, else it is sealed. */
const STORED = /^[\w+/=]*$/;

/** The records as one kind of check reads them. */
class Records {
  constructor(fields, { tagged }) {
    this.count = fields.length;
    this.isTagged = tagged;
    this.before = `*${fields.length + 2}\r\n${bulk('HMGET')}$`;
    this.after = `\r\n${fields.map(bulk).join('')}`;
  }

  /** The command that reads the record of a token. */
  command(token) {
    const name = this.isTagged ? `mpauthx:{u:${token.slice(0, -HEX_LENGTH - 1)}}:${token.slice(-HEX_LENGTH)}` : token;
    return `${this.before}${name.length}\r\n${name}${this.after}`;
  }

  /** Whether a reply is one to the command. */
  fits(reply) {
    if (!Array.isArray(reply) || reply.length !== this.count) return false;
    for (const item of reply) if (item !== null && typeof item !== 'string') return false;
    return true;
  }

  /** Whether a record says by itself that its token is live at that time, of thirteen digits. */
  isLive(record, time) {
    const issued = record[0];
    const expires = record[1];
    if (issued === null || !(expires === '' || (isTime(expires) && expires > time))) return false;
    return this.count <= OPEN_ID || (isTime(issued) && isStored(record[OPEN_ID]));
  }
}

function isTime(field) {
  return field !== null && TIME.test(field);
}

function isStored(field) {
  return field === '' || field === null || STORED.test(field);
}

/** A time in digits; null where there is none. */
function timeIn(digits) {
  return digits === '' ? null : Number(digits);
}

/** The text of a field, of which each byte is one character still; null where it is no UTF-8. */
function textIn(field) {
  if (field === null) return null;
  const text = Buffer.from(field, 'latin1').toString();
  return Buffer.from(text).latin1Slice() === field ? text : null;
}

module.exports = { OPEN_ID, Records, textIn, timeIn };
