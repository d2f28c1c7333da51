'use strict';

const crypto = require('node:crypto');

/**
 * Random numbers that can be had again: put the `seed` into every failure, and SEED=… in the
 * environment repeats it. The generator is mulberry32.
 */
function generator(seed = Number(process.env.SEED || crypto.randomInt(2 ** 32))) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let n = state;
    n = Math.imul(n ^ (n >>> 15), n | 1);
    n ^= n + Math.imul(n ^ (n >>> 7), n | 61);
    return (n ^ (n >>> 14)) >>> 0;
  };
  const below = (limit) => next() % limit;
  const pick = (list) => list[below(list.length)];
  const bytes = (length) => Buffer.from(Array.from({ length }, () => below(256)));
  return { seed, next, below, pick, bytes };
}

module.exports = { generator };
