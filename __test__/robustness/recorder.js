'use strict';

// What programs share that call functions with anything at all, each in a process of its own: they
// note what should not have happened, and print it at the end as JSON.

const { inspect } = require('node:util');
const { within } = require('../support');

/** Calls that are in flight at the same time. */
const TOGETHER = 100;

/** Within so many milliseconds they all have an answer. */
const SETTLED = 60000;

const faults = [];
const told = new Set();
const kinds = new Set();

process.on('unhandledRejection', (reason) => faults.push(`unhandled rejection: ${inspect(reason)}`));
process.on('uncaughtException', (error) => faults.push(`uncaught exception: ${inspect(error)}`));
process.on('warning', (warning) => faults.push(`warning: ${inspect(warning)}`));

/** Notes what should not have happened, once for all the times that it happened alike. */
function fault(name, args, what) {
  const key = `${name} ${what.split('\n')[0]}`;
  if (told.has(key)) return;
  told.add(key);
  faults.push(`${name}(${args.map(show).join(', ')}): ${what}`);
}

function show(value) {
  try {
    return inspect(value, { depth: 1, maxStringLength: 200, maxArrayLength: 4, compact: 10, breakLength: Infinity });
  } catch {
    return typeof value;
  }
}

/**
 * Calls a function of an object that answers with a promise, which may give what is `fine`, or
 * reject with what is `clear`.
 */
async function callAsync(object, name, args, [fine, clear]) {
  const path = name.split('.');
  const method = path.pop();
  const owner = path.reduce((value, key) => value[key], object);
  let promise;
  try {
    promise = owner[method](...args);
  } catch (error) {
    return fault(name, args, `threw ${show(error)}`);
  }
  if (!(promise instanceof Promise)) return fault(name, args, `returned ${show(promise)}`);
  await promise.then(
    (value) => {
      kinds.add(`${name}: result`);
      if (!fine(value)) fault(name, args, `resolved with ${show(value)}`);
    },
    (reason) => {
      kinds.add(`${name}: ${reason?.code}`);
      if (!clear(reason)) fault(name, args, `rejected with ${show(reason)}`);
    },
  );
}

/** Calls what answers at once, and may throw a TypeError. */
function callSync(name, args, call, fine) {
  try {
    const value = call();
    kinds.add(`${name}: result`);
    if (!fine(value)) fault(name, args, `returned ${show(value)}`);
    return value;
  } catch (error) {
    kinds.add(`${name}: TypeError`);
    if (!(error instanceof TypeError) || error.message === '') fault(name, args, `threw ${show(error)}`);
    return null;
  }
}

/** Closes an object, which never fails. */
async function close(app, ...args) {
  const outcome = await app.close(...args).catch((error) => error);
  if (outcome !== undefined) fault('close', args, `ended with ${show(outcome)}`);
}

/**
 * Makes calls, many at a time, until `isOver(count)`; returns how many. `between` waits in between.
 */
async function makeCalls(isOver, call, between) {
  let count = 0;
  while (!isOver(count)) {
    const flight = [];
    while (flight.length < TOGETHER && !isOver(count)) {
      count += 1;
      flight.push(call(count));
    }
    await settled(flight, `a call of those until the ${count}th`);
    await between();
  }
  return count;
}

const settled = (calls, what) => within(SETTLED, Promise.all(calls), what);

/** Runs `main`, which returns how many calls it made, with the JSON in the program's argument. */
function run(main) {
  let calls = 0;
  main(JSON.parse(process.argv.at(-1)))
    .then((count) => {
      calls = count;
    })
    .catch((error) => faults.push(`the run ended with ${inspect(error)}`))
    // A call that hangs would keep the process alive; it has been noted.
    .finally(() =>
      process.stdout.write(JSON.stringify({ faults, calls, kinds: [...kinds].sort() }), () => process.exit()),
    );
}

module.exports = { callAsync, callSync, close, fault, kinds, makeCalls, run, settled, show };
