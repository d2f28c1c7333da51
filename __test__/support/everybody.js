'use strict';

/**
 * A user table in which everybody stands already, for tests of tokens alone. This file loads
 * nothing else: processes and workers that are to start quickly take it from here.
 */
const everybody = () => ({
  all: (_sql, callback) => setImmediate(callback, null, [{ openId: 'somebody' }]),
  run: (_sql, callback) => setImmediate(callback, null),
});

module.exports = { everybody };
