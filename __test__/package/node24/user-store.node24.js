'use strict';

const { userTable } = require('../../users/table');
const { inFiles, inMemory } = require('../../users/databases');
const { handles } = require('../../users/kinds');

describe.each([...inFiles(handles(['node:sqlite'])), ['a handle of node:sqlite in memory', inMemory('node:sqlite')]])(
  'the user store: %s',
  (_name, open) => userTable(open),
);
