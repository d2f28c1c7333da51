'use strict';

// The status numbers, under the path that the documents of 1.3.2 name.

module.exports = require('../lib/errors.js').constants;
