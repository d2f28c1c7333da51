'use strict';

// How long something took, as it is counted.

/** The upper ends of the buckets but the last, in seconds. src/events/counters.rs has the same. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the buckets are called, as Prometheus calls them. */
const NAMES = [...BOUNDS.map(String), '+Inf'];

class Histogram {
  constructor() {
    /** How many fell into each bucket. */
    this.buckets = NAMES.map(() => 0);
    /** In seconds. */
    this.sum = 0;
  }

  note(seconds) {
    let at = 0;
    while (at < BOUNDS.length && seconds > BOUNDS[at]) at += 1;
    this.buckets[at] += 1;
    this.sum += seconds;
  }

  add({ buckets, sum }) {
    for (let i = 0; i < buckets.length; i += 1) this.buckets[i] += buckets[i];
    this.sum += sum;
    return this;
  }

  /** As Prometheus has them: each bucket holds those before it. */
  read() {
    const buckets = {};
    let count = 0;
    for (let i = 0; i < this.buckets.length; i += 1) {
      count += this.buckets[i];
      buckets[NAMES[i]] = count;
    }
    return { count, sum: this.sum, buckets };
  }
}

module.exports = { Histogram };
