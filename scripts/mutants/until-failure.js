'use strict';

// The environment of tests that look for a fault: once one has failed, the others of its file are
// skipped.

const { TestEnvironment } = require('../../__test__/node_modules/jest-environment-node');

module.exports = class UntilFailure extends TestEnvironment {
  handleTestEvent({ name, test }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.hasFailed = true;
    if (name === 'test_start' && this.hasFailed) test.mode = 'skip';
  }
};
