'use strict';

// The clock of the token store and of the fake WeChat. It is the addon's: whatever fakes Date does
// not touch it.

const { milliseconds } = require('./duration.js');

class Clock {
  /** @param core the addon's side of the object that is tested */
  constructor(core) {
    this.core = core;
    this.ahead = 0;
  }

  advance(duration) {
    const ms = milliseconds(duration);
    this.core.passTime(ms);
    this.ahead += ms;
  }

  /** Unix milliseconds. */
  now() {
    return this.core.storeTime();
  }

  /** The machine's own time, in Unix seconds. */
  machineSeconds() {
    return Math.floor((this.now() - this.ahead) / 1000);
  }
}

module.exports = { Clock };
