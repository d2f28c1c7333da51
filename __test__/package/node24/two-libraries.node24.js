'use strict';

const { handles } = require('../../users/kinds');
const { twoLibraries } = require('../../users/two-libraries-suite');

describe('two SQLite libraries in one process, for a while', () => twoLibraries(5, handles(['node:sqlite'])));
