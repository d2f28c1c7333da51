'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { defer } = require('./cleanup');

/** A new empty folder that goes when the test is over, in a process without jest at its exit. */
function tempDir() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mpauthx-test-'));
  const remove = () => fs.rmSync(dir, { recursive: true, force: true });
  if (typeof afterEach === 'function') defer(remove);
  else process.once('exit', remove);
  return dir;
}

module.exports = { tempDir };
