'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { defer } = require('./cleanup');

/** A new empty folder that goes when the test is over. */
function tempDir() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mpauthx-test-'));
  defer(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

module.exports = { tempDir };
