'use strict';

const fs = require('node:fs');

/** What a process has of the system: its memory in megabytes, its threads and its descriptors. */
function vitals(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]);
  return {
    memory: field('VmRSS') / 1024,
    threads: field('Threads'),
    descriptors: fs.readdirSync(`/proc/${pid}/fd`).length,
  };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/**
 * How what was measured has grown, from the second quarter to the last: in the first one, caches
 * and pools fill.
 */
function growth(samples) {
  const quarter = Math.max(1, samples.length >> 2);
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)];
  return Object.fromEntries(
    ['memory', 'threads', 'descriptors'].map((name) => {
      const [from, to] = [early, late].map((part) => median(part.map((sample) => sample[name])));
      return [name, { from: Math.round(from), to: Math.round(to), by: Math.round(to - from) }];
    }),
  );
}

module.exports = { vitals, growth };
