'use strict';

// What happens when the process exits.

/** Every copy of this module finds the same set under this name. */
const CHECKPOINTS = Symbol.for('mpauthx.checkpoints');

/**
 * Runs `checkpoint` when the process exits: it moves the rows of write-ahead logs into their
 * database files, so that a copy of a file alone is whole. The process gets one listener, however
 * often this module is loaded (by a test runner, say): Node warns of many.
 */
function checkpointAtExit(checkpoint) {
  if (!process[CHECKPOINTS]) {
    process[CHECKPOINTS] = new Set();
    process.on('exit', () => {
      for (const each of process[CHECKPOINTS]) each();
    });
  }
  process[CHECKPOINTS].add(checkpoint);
}

module.exports = { checkpointAtExit };
