'use strict';

// Checks that went to redis in one write, and the replies to them. None of them counts before it is
// sure that it is the reply to its own check: behind them, redis is asked to repeat a word.

const { Refusal, bulk, command } = require('./resp.js');

/** What is asked besides, now and then: whether this is still a master, and its time. */
const LOOK = `${command('INFO', 'replication')}${command('TIME')}`;

/** What asks to repeat the word that follows. */
const PING = `*2\r\n${bulk('PING')}`;

class Batch {
  /**
   * @param asked     the checks: `{ checks, token, resolve, reject, records }`
   * @param sent      when they are sent, in milliseconds
   * @param looks     whether to look at the server too
   * @param word      what redis is to repeat behind the replies
   */
  constructor(asked, sent, looks, word) {
    this.asked = asked;
    this.sent = sent;
    this.looks = looks;
    this.word = word;
    this.replies = [];
    /** What the server says of itself, where it was asked: its role and its time. */
    this.told = [];
    this.isWhole = false;
  }

  /** The commands, of which those for the checks are `out`. */
  commands(out) {
    return `${out}${this.looks ? LOOK : ''}${PING}${bulk(this.word)}`;
  }

  /** Adds the next reply. Throws where it is none to what was asked. */
  add(reply) {
    const { asked, replies } = this;
    if (replies.length < asked.length) {
      const isReply = reply instanceof Refusal || asked[replies.length].records.fits(reply);
      if (!isReply) throw new Error('that was not asked');
      replies.push(reply);
    } else if (this.looks && this.told.length < 2) {
      this.told.push(reply);
    } else {
      if (reply !== this.word) throw new Error('that ends another batch');
      this.isWhole = true;
    }
  }
}

module.exports = { Batch };
