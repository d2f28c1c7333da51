'use strict';

// The path of the status numbers that the documents of 1.3.2 name.

const { createApp } = require('../support');

test.each(['../../core/constants.js', '../../core/constants'])('%s gives the constants of every service', (path) => {
  const { constants } = createApp({ tokens: 'memory' });
  expect(require(path)).toBe(constants);
  expect(Object.keys(constants)).toEqual(['statusCode']);
  expect(Object.isFrozen(constants.statusCode)).toBe(true);
});
