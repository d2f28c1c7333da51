'use strict';

// `mpauthx/testing`: what the tests of an application need. Nothing else in the package loads it.

const { createTestAuth } = require('./testing/kit.js');

module.exports = { createTestAuth };
