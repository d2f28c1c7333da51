'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { tempDir } = require('../support');
const { preload } = require('../support/preload');

/**
 * A clock that can be set and a disk that can be full, of processes with the environment `env`. For
 * Linux.
 */
function createOdds() {
  const file = path.join(tempDir(), 'faults');
  const state = { ahead: 0n, full: 0n };
  const write = () => fs.writeFileSync(file, new BigInt64Array([state.ahead, state.full]), { flag: 'r+' });
  fs.writeFileSync(file, Buffer.alloc(16));
  return {
    env: { ...preload(path.join(__dirname, 'faults.c')), FAULTS: file },
    /** Sets the clock so many seconds ahead; back, where that is negative. */
    jump(seconds) {
      state.ahead = BigInt(seconds);
      write();
    },
    fill(isFull) {
      state.full = isFull ? 1n : 0n;
      write();
    },
  };
}

module.exports = { createOdds };
