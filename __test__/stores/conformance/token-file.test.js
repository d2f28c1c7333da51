'use strict';

const { opened } = require('../../users/kinds');
const { ownFile, sameFile } = require('./token-files');

describe('the token store in a file of its own', () => ownFile());

describe('the token store in the file of a better-sqlite3 handle', () => sameFile('DELETE', opened('better-sqlite3')));
