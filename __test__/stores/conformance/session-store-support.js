'use strict';

const { isValid } = require('./support');

const SECOND = 1000;

/** Has the shape of a token, so that the store is asked for it. */
const NOBODYS = `nobody|shop|${'ab'.repeat(32)}`;

/** The token that the application has issued to a user, for a device perhaps. */
const issue = async (app, userId, given) => (await app.sessions.issue(userId, given)).response;

/** The token that takes the place of another. */
const rotate = async (app, token, given) => (await app.sessions.rotate(token, given)).response;

/** The tokens that are listed of a user. */
const listed = async (app, userId) => (await app.sessions.list(userId)).map(({ token }) => token);

/** What rejects because a token is not live. */
const NOT_LIVE = { name: 'Error', code: 6007 };

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until so many seconds, and a little more, have passed since now. */
const past = (seconds) => pause(seconds * SECOND + 100);

let count = 0;

/** A user whom no other test has. */
const newUser = () => {
  count += 1;
  return `o-${process.pid}-${count}`;
};

/** `time` in Unix milliseconds lies between two moments of this machine, within what rounding takes away. */
function expectBetween(time, from, to) {
  expect(Number.isInteger(time)).toBe(true);
  expect(time).toBeGreaterThanOrEqual(from - 20);
  expect(time).toBeLessThanOrEqual(to + 20);
}

/** Lets so many other calls be answered first: what takes several steps is met between any two of them. */
async function later(app, calls) {
  for (let i = 0; i < calls; i += 1) await isValid(app, NOBODYS);
}

/**
 * Tests that mostly wait: they begin together and each is reported by itself. Nothing may be emptied between them, and what they
 * make is closed when the file is over.
 */
function atTheSameTime(tests) {
  let running;
  beforeAll(() => {
    running = new Map(tests.map(([name, run]) => [name, run()]));
    for (const one of running.values()) one.catch(() => {}); // its own test says so
  });
  test.each(tests.map(([name]) => name))('%s', (name) => running.get(name));
}

/** Does something over and over, as fast as it is answered with a short rest, until the promise is settled. */
async function untilSettled(promise, doing) {
  let over = false;
  const stop = () => {
    over = true;
  };
  promise.then(stop, stop);
  while (!over) {
    await doing();
    await pause(20);
  }
  return promise;
}

module.exports = {
  SECOND,
  NOT_LIVE,
  atTheSameTime,
  expectBetween,
  isValid,
  issue,
  later,
  listed,
  newUser,
  past,
  pause,
  rotate,
  untilSettled,
};
