'use strict';

const os = require('node:os');
const { kept, recorded } = require('./record');

/** Seconds; `npm run test:linearizability` takes as many as it is told to. */
const PLACES = [
  ['memory', 2],
  ['file', 6],
  ['file-clock', 4],
  ['redis', 14],
  ['redis-remote', 6],
  ['cluster', 12],
];

test.each(PLACES)(
  'what four processes see of sessions is linearizable, whatever befalls them: %s',
  async (place, seconds) => {
    const report = await recorded(place, { seconds });
    const { seed, operations, unknown, partitions, faults, wrong, undecided, odd, printed } = report;
    const file = kept(report, os.tmpdir());
    console.log(
      `${place}: ${operations} operations, ${unknown} unknown, ${partitions} users, ${JSON.stringify(faults)}`,
    );
    expect({ seed, file, wrong: wrong.length, odd, printed }).toEqual({
      ...{ seed, file: undefined, wrong: 0, odd: [], printed: [] },
    });
    // A history of a machine that stood still may leave too much open.
    expect(undecided).toBeLessThan(partitions / 4);
    expect(operations).toBeGreaterThan(100 * seconds);
  },
  120000,
);
