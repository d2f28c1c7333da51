'use strict';

// The addon that was built for this platform, or one Error that says why there is none and what helps.

try {
  module.exports = require('../native.js');
} catch (error) {
  throw require('./no-binary.js').explain(error);
}
