'use strict';

const SECOND = 1000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until so many seconds, and a little more, have passed since now. */
const past = (seconds) => pause(seconds * SECOND + 100);

/** The promise itself, or a failure when it has not settled within `ms`: for what must not hang. */
function within(ms, promise, what = 'the promise') {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not settle within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Asks again and again until the answer is truthy, and returns it: for what sends no event. */
async function until(question, ms = 10000) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not true within ${ms} ms: ${question}`);
    await pause(10);
  }
}

/**
 * Does something over and over, as fast as it is answered with a short rest, until the promise is
 * settled.
 */
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

/** The answers of `count` calls made at once. */
const atOnce = (count, call) => Promise.all(Array.from({ length: count }, (_, i) => call(i)));

module.exports = { SECOND, atOnce, past, pause, until, untilSettled, within };
