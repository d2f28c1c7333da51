'use strict';

// Node's timers, taken once: fake ones that a test puts in their place later do not stop calls.

const { performance } = require('perf_hooks');
const { clearInterval, setImmediate, setInterval, setTimeout } = require('timers');

const { nextTick } = process;

/** Not the wall clock, which may be set. In milliseconds. */
const now = performance.now.bind(performance);

/**
 * Whether fake timers stood in their place already. Those of sinon and jest have a clock, those of
 * node:test another name.
 */
const isFake = setImmediate.clock !== undefined || setImmediate.name !== 'setImmediate';

/** Fakes leave promises alone. */
function soon(task, argument) {
  Promise.resolve(argument).then(task);
}

module.exports = {
  clearInterval,
  isFake,
  nextTick,
  now,
  setImmediate: isFake ? soon : setImmediate,
  setInterval,
  setTimeout,
};
