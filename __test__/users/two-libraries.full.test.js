'use strict';

const { NAMED, handles } = require('./kinds');
const { twoLibraries } = require('./two-libraries-suite');

const [PATH] = NAMED;

describe('two SQLite libraries in one process, for a while', () => twoLibraries(5, [PATH, ...handles()]));
