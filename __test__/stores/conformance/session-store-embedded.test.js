'use strict';

const path = require('node:path');
const { tempDir } = require('../../support');
const { sessionStore } = require('./session-store');

describe('sessions in a file', () => {
  let file;
  beforeAll(() => {
    file = path.join(tempDir(), 'tokens.db');
  });

  sessionStore(() => ({ file }), { shared: true });
});

describe('sessions in memory', () => {
  sessionStore(() => 'memory', { shared: false });
});
