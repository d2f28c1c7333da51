'use strict';

// The addon that was built for this platform. Where it does not load, one Error says why and what
// to do.

try {
  module.exports = require('../native.js');
} catch (error) {
  throw require('./no-binary.js').explain(error);
}
