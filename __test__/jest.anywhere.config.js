'use strict';

// The part of the suite for machines of any kind: what needs no redis, and nothing that only Linux
// has.

const fs = require('node:fs');
const path = require('node:path');
const config = require('./jest.config.js');

/** What stays on Linux, and why. */
const LEFT_OUT = {};

/** The test files that start a redis: other systems have none that a test could start and stop. */
function withRedis(folder) {
  return fs.readdirSync(path.join(__dirname, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : withRedis(name);
    const isTest = name.endsWith('.test.js') && /redis/i.test(fs.readFileSync(path.join(__dirname, name), 'utf8'));
    return isTest ? [name] : [];
  });
}

const FOLDERS = ['api', 'package', 'robustness', 'stores', 'users', 'wechat'];

module.exports = {
  ...config,
  testPathIgnorePatterns: [
    ...config.testPathIgnorePatterns,
    ...[...FOLDERS.flatMap(withRedis), ...Object.keys(LEFT_OUT)].map((name) => `/${name.replace(/\./g, '\\.')}$`),
  ],
};
