'use strict';

const { createApp, liveOf } = require('../support');
const { JOURNALS } = require('./kinds');
const { inspect, runProgram, userFile } = require('./support');

describe.each(JOURNALS)('threads that come and go share a file with the application, %s,', (_name, journal) => {
  test.each([
    ['for users', () => 'memory'],
    ['for users and tokens', (file) => ({ file })],
  ])('%s', async (_for, where) => {
    const file = await userFile({ journal, users: ['shared'] });
    const tokens = where(file);
    const done = await runProgram('threads.js', { file, tokens });
    expect(done.registered).toHaveLength(80);
    const found = await inspect(file);
    expect(found.check).toBe('ok');
    expect(found.users.sort()).toEqual(['shared', ...done.registered.map(([user]) => user)].sort());
    expect(found.ledger).toEqual(done.rows);

    const issued = done.registered.map(([, token]) => token);
    expect(await liveOf(createApp({ tokens }), issued)).toEqual(tokens === 'memory' ? [] : issued);
  });
});
