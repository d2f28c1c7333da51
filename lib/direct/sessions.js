'use strict';

// Who is logged in, for checks on the short way: the addon makes the ids of sessions and opens the
// openids. What it has told is kept for a while, as an application checks the same tokens often.

const { OPEN_ID, textIn, timeIn } = require('./records.js');
const { now } = require('../timers.js');

/** So many descriptions are kept, for so long, in milliseconds. */
const MAX_KEPT = 10_000;
const LIFE = 30_000;

/** Stands for no openid on the way to the addon. */
const NONE = '-';

class Sessions {
  constructor(core) {
    this.core = core;
    /** The id and the openid of sessions, by their tokens. */
    this.kept = new Map();
    this.keptUntil = 0;
    /** The checks of live tokens of which nothing is kept, with their records. */
    this.found = [];
  }

  /**
   * Resolves a check with the session of its token, now or when `tell` is called. Returns false
   * where the record does not say that the token is live at that time.
   */
  find(asked, record, time) {
    const known = this.kept.get(asked.token);
    if (known?.isOf(record)) {
      if (!known.isLive(time)) return false;
      known.resolve(asked, record);
      return true;
    }
    if (!asked.records.isLive(record, time)) return false;
    this.found.push({ asked, record });
    return true;
  }

  /** Resolves the checks that wait for descriptions. */
  tell() {
    if (this.found.length === 0) return;
    const found = this.found.splice(0);
    this.makeRoom(found.length);
    const described = this.describe(found);
    for (let i = 0; i < found.length; i += 1) {
      const { asked, record } = found[i];
      const [id, openId] = [described[2 * i], described[2 * i + 1]];
      if (id) {
        const known = new Known(record, id, openId);
        this.kept.set(own(asked.token), known);
        known.resolve(asked, record);
      } else asked.checks.enqueue(asked.token, asked.resolve, asked.reject);
    }
  }

  makeRoom(count) {
    const time = now();
    if (time < this.keptUntil && this.kept.size + count <= MAX_KEPT) return;
    this.kept.clear();
    this.keptUntil = time + LIFE;
  }

  /** The id and the openid of each session in turn; no id where the addon cannot tell at once. */
  describe(found) {
    let lines = '';
    for (const { asked, record } of found) lines += `${asked.token}\n${record[OPEN_ID] ?? NONE}\n`;
    try {
      return this.core.describe(lines);
    } catch (_) {
      return [];
    }
  }
}

/** A session, as long as its record says the same. */
class Known {
  constructor(record, id, openId) {
    this.issued = own(record[0]);
    this.expires = own(record[1]);
    this.stored = own(record[OPEN_ID]);
    this.issuedAt = timeIn(this.issued);
    this.expiresAt = timeIn(this.expires);
    this.id = id;
    this.openId = openId;
  }

  isOf(record) {
    return this.issued === record[0] && this.expires === record[1] && this.stored === record[OPEN_ID];
  }

  /** What is known came out of a record that was live, and so is one whose time is not over. */
  isLive(time) {
    return this.expires === '' || this.expires > time;
  }

  resolve({ checks, token, resolve }, record) {
    const device = textIn(record[2]);
    checks.calls.stats.direct += 1;
    resolve(checks.kind.found(token, this.id, this.issuedAt, this.expiresAt, null, device, this.openId));
  }
}

/** The same text, which no longer keeps the one that it was a part of. */
function own(text) {
  return text === null ? null : Buffer.from(text).toString();
}

module.exports = { Sessions };
