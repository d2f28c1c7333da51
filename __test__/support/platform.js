'use strict';

// Where systems differ for a test. On Windows nobody renames or removes a file that is open, and
// rights are not those of POSIX.

const isWindows = process.platform === 'win32';

/** The name of a file, with whatever it may hold that means something in a URI. */
const ODD_NAME = isWindows ? 'a b%20#;ü用.db' : 'a b%20#?ü用.db';

module.exports = { isWindows, ODD_NAME };
