'use strict';

const path = require('node:path');
const { drivers, tempDir } = require('../../support');
const { sessionStore } = require('./session-store');

describe('sessions in a file', () => {
  let file;
  beforeAll(() => {
    file = path.join(tempDir(), 'tokens.db');
  });

  const ahead = async (user) => {
    const own = await drivers.sqlite3(file);
    await own.run('UPDATE mpauthx_session SET issued = issued + 3600000 WHERE user = ?', [user]);
    await own.close();
  };

  sessionStore(() => ({ file }), { shared: true, ahead });
});

describe('sessions in memory', () => {
  sessionStore(() => 'memory', { shared: false });
});
