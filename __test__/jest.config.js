'use strict';

module.exports = {
  rootDir: '..',
  roots: ['<rootDir>/__test__'],
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__test__/**/*.test.js'],
  testPathIgnorePatterns: ['/node_modules/', '\\.full\\.test\\.js$'],
  transform: {},
  maxWorkers: 2,
  testTimeout: 30000,
};
