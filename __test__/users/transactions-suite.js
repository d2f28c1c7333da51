'use strict';

const { inspect, numbers, runProgram, userFile } = require('./support');

/**
 * An application's own transactions on the handle that it gave, `rounds` of them each way. Without
 * waiting for the disk (`synchronous` OFF) they follow each other closest; with it (FULL) their
 * locks last longest.
 */
function transactions({ rounds, synchronous, limit }) {
  test.each([
    ['in one exec', 'exec', 'DELETE'],
    ['step by step', 'steps', 'DELETE'],
    ['in one exec, write-ahead log', 'exec', 'WAL'],
    ['step by step, write-ahead log', 'steps', 'WAL'],
  ])(
    `${rounds} deferred transactions %s (synchronous ${synchronous}) never find the file busy while users register`,
    async (_name, way, journal) => {
      const file = await userFile({ journal, users: ['known'] });
      const done = await runProgram('transactions.js', { file, way, rounds, synchronous }, limit);
      expect(done.errors).toEqual([]);
      expect(done.rounds).toBe(rounds);
      expect(Math.min(done.users.length, done.seen)).toBeGreaterThan(rounds / 100);

      const found = await inspect(file);
      expect(found.check).toBe('ok');
      expect(found.users.sort()).toEqual(['known', ...done.users].sort());
      expect(found.ledger).toEqual(numbers(rounds));
    },
    limit + 60000,
  );
}

module.exports = { transactions };
