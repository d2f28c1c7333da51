'use strict';

const { inspect, runProgram, userFile } = require('./support');

const WAYS = [
  ['its sqlite3 handle given', { db: 'handle', options: {} }],
  ["its sqlite3 handle given, users: 'native'", { db: 'handle', options: { users: 'native' } }],
  ['its path given', { db: 'path', options: {} }],
];

/** An application and the library write one file in one process for `seconds`; then a fresh process looks at the file. */
function twoLibraries(seconds) {
  describe.each([
    ['rollback journal', 'DELETE'],
    ['write-ahead log', 'WAL'],
  ])('%s', (_mode, journal) => {
    test.each(WAYS)(
      '%s: the file stays whole and holds every row of both sides',
      async (_way, way) => {
        const file = await userFile({ journal });
        const done = await runProgram('two-libraries.js', { file, seconds, ...way }, seconds * 1000 + 90000);
        const found = await inspect(file);

        expect(found.check).toBe('ok');
        expect(found.users.sort()).toEqual(done.users.sort());
        expect(found.ledger).toEqual(done.written.sort((a, b) => a - b));
        for (const side of [done.users.length, done.written.length, done.opened])
          expect(side).toBeGreaterThanOrEqual(20);
      },
      seconds * 1000 + 120000,
    );
  });
}

module.exports = { twoLibraries };
