'use strict';

// What needs a Node that has `node:sqlite`; the heavy tests run it by such a Node.

module.exports = {
  ...require('../../jest.config.js'),
  rootDir: '../../..',
  testMatch: ['<rootDir>/__test__/package/node24/*.node24.js'],
  maxWorkers: 1,
};
