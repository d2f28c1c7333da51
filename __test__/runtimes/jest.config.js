'use strict';

// What another Node runs of the suite: logins, tokens, exits and realms, users in files. Not more, for time's sake, and nothing that loads
// better-sqlite3, whose binary is made for one version of Node.

const FILES = [
  'contract/{authorize,is-token-valid,refresh-token,close,https}',
  'robustness/{exit,realm}',
  'users/{known-users,path,handles}',
];

module.exports = {
  ...require('../jest.config.js'),
  rootDir: '../..',
  testMatch: FILES.map((name) => `<rootDir>/__test__/${name}.test.js`),
};
