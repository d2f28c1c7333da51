'use strict';

const { userTable } = require('../conformance/user-table');
const { inFiles, inMemory } = require('../conformance/user-databases');
const { handles } = require('../conformance/user-kinds');

describe.each([...inFiles(handles(['node:sqlite'])), ['a handle of node:sqlite in memory', inMemory('node:sqlite')]])(
  'the user store: %s',
  (_name, open) => userTable(open),
);
