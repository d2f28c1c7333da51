'use strict';

const { isValid } = require('../../support');

/** Has the shape of a token, so that the store is asked for it. */
const NOBODYS = `nobody|shop|${'ab'.repeat(32)}`;

/**
 * `time` in Unix milliseconds lies between two moments of this machine, within what rounding takes
 * away.
 */
function expectBetween(time, from, to) {
  expect(Number.isInteger(time)).toBe(true);
  expect(time).toBeGreaterThanOrEqual(from - 20);
  expect(time).toBeLessThanOrEqual(to + 20);
}

/**
 * Lets so many other calls be answered first: what takes several steps is met between any two of
 * them.
 */
async function later(app, calls) {
  for (let i = 0; i < calls; i += 1) await isValid(app, NOBODYS);
}

/**
 * Tests that mostly wait: they begin together and each is reported by itself. Nothing may be
 * emptied between them, and what they make is closed when the file is over.
 */
function atTheSameTime(tests) {
  let running;
  beforeAll(() => {
    running = new Map(tests.map(([name, run]) => [name, run()]));
    for (const one of running.values()) one.catch(() => {}); // its own test says so
  });
  test.each(tests.map(([name]) => name))('%s', (name) => running.get(name));
}

module.exports = { atTheSameTime, expectBetween, later };
