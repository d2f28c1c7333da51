'use strict';

// The options of what a test calls: each such call knows a single one.

const { isMissing, isPlain } = require('../options.js');

/** The option `name`, or undefined. A TypeError with the message `expected` for any other value. */
function readOption(options, name, isFine, expected) {
  if (isMissing(options)) return undefined;
  const { [name]: value, ...others } = isPlain(options) ? options : { options };
  if (Object.keys(others).length > 0 || !(isMissing(value) || isFine(value))) throw new TypeError(expected);
  return value ?? undefined;
}

module.exports = { readOption };
