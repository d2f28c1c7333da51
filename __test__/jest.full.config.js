'use strict';

module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['<rootDir>/__test__/**/*.full.test.js'],
  testPathIgnorePatterns: ['/node_modules/'],
};
