'use strict';

const { NAMED, opened, withUsers } = require('./kinds');
const { twoLibraries, STORES } = require('./two-libraries-suite');

const [PATH] = NAMED;
const [, SAME_FILE] = STORES;

const sqlite3 = opened('sqlite3');
const better = opened('better-sqlite3');

// Every combination has its turn among the heavy tests.
describe('two SQLite libraries in one process, for a moment', () => {
  twoLibraries(1, [PATH, sqlite3, better, withUsers(better, 'native')], { stores: [SAME_FILE] });
});
