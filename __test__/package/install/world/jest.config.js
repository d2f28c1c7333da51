'use strict';

// What runs where redis stands at its usual port, and where WeChat's name is the fake WeChat's: in
// a network of its own.

module.exports = {
  ...require('../../../jest.config.js'),
  rootDir: '../../../..',
  testMatch: ['<rootDir>/__test__/package/install/world/*.world.js'],
  maxWorkers: 1,
};
