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

/** The reasons for which all of the promises reject. */
const rejections = (...promises) => Promise.all(promises.map(rejection));

/** What an error says of what happened: from the status 500 up, that stands in its cause. */
const told = (error) => (error.status >= 500 ? error.cause.message : error.message);

/** All that a program can see of an error; the test says whether it has to be an Error. */
const seen = (error) => ({ ...error, message: told(error) });

/** The reason of a rejection as a program can see it. */
const refused = async (promise) => seen(await rejection(promise));

module.exports = { refused, rejection, rejections, seen, told };
