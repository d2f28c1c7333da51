'use strict';

const { soak } = require('./soak');

/** `npm run soak` takes as long as it is told to, and looks whether the process grows. */
const SECONDS = 25;

test('an application serves its visitors rightly while redis and WeChat fail', async () => {
  const { seed, calls, wrong, faults, slowest } = await soak({ seconds: SECONDS });
  console.log(`${calls} calls, the slowest took ${slowest} ms; ${JSON.stringify(faults)}`);
  expect({ seed, wrong: [...new Set(wrong)] }).toEqual({ seed, wrong: [] });
  expect(calls).toBeGreaterThan(20 * SECONDS);
}, 120000);
