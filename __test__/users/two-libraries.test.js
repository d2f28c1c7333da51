'use strict';

const { twoLibraries } = require('./two-libraries-suite');

describe('two SQLite libraries in one process, for a moment', () => twoLibraries(2));
