'use strict';

module.exports = {
  rootDir: '..',
  roots: ['<rootDir>/__test__'],
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__test__/**/*.test.js'],
  testPathIgnorePatterns: ['/node_modules/', '\\.full\\.test\\.js$'],
  transform: {},
  // More than the cores of a small machine: much of a test is waiting for a server.
  maxWorkers: 3,
  testTimeout: 30000,
};
