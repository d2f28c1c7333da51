'use strict';

const { createTestAuth } = require('../../../lib/testing');
const { defer } = require('../../support');

/** A kit that is closed after the test. */
async function open(options) {
  const t = await createTestAuth(options);
  defer(() => t.close());
  return t;
}

module.exports = { createTestAuth, open };
