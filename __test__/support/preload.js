'use strict';

const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { tempDir } = require('./temp-dir');

/**
 * Compiles a library in C that takes the place of system calls, and returns the environment that
 * puts it in front of a process. For Linux.
 */
function preload(source) {
  const library = path.join(tempDir(), 'preload.so');
  execFileSync(process.env.CC || 'cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
  return { LD_PRELOAD: library };
}

module.exports = { preload };
