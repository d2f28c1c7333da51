'use strict';

const { cachesInProcesses, PROCESSES } = require('./processes');

test.each([100, 60000])(
  `${PROCESSES} processes whose caches keep a token for at most %i ms never take one for live that is not`,
  async (maxAge) => {
    const { checks, valid, stale, readings } = await cachesInProcesses({ maxAge, ms: 4000 });
    expect(checks).toBeGreaterThan(500);
    expect(valid).toBeGreaterThan(100);
    expect(checks - valid).toBeGreaterThan(10);
    // What redis tells arrives soon after, not by and by as entries grow old.
    expect(stale).toBeLessThan(valid / 10);
    // Or it would not be the cache that is tried.
    expect(readings).toBeLessThan(checks * 0.9);
  },
  60000,
);
