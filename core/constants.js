'use strict';

// The status numbers, under the path that the documents of 1.3.2 name.

const { constants } = require('../lib/errors.js');

// Said this way as well, for ES modules look for the names of exports in the text.
exports.statusCode = constants.statusCode;
module.exports = constants;
