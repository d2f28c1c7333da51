'use strict';

const { inspect } = require('node:util');

/** The reason of a rejection; a promise that resolves is the failure. */
async function rejection(promise) {
  let value;
  try {
    value = await promise;
  } catch (reason) {
    return reason;
  }
  throw new Error(`expected a rejection, but the promise resolved with ${inspect(value)}`);
}

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
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

module.exports = { rejection, within, until };
