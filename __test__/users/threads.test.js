'use strict';

const { inspect, runProgram, userFile } = require('./support');

test.each(['DELETE', 'WAL'])('threads that come and go share a file with the application: %s', async (journal) => {
  const file = await userFile({ journal });
  const done = await runProgram('threads.js', { file });
  expect(done.registered).toHaveLength(80);
  const found = await inspect(file);
  expect(found.check).toBe('ok');
  expect(found.users.sort()).toEqual(done.registered.sort());
  expect(found.ledger).toEqual(done.rows);
});
