// Few numbers for many.

export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value that a share `p` of the sorted values does not exceed. */
export function percentile(sorted, p) {
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)];
}

/**
 * What rounds gave: objects of numbers, to one object of their medians and quartiles. A number that
 * a round lacks is null.
 */
export function summarize(rounds) {
  const summary = {};
  for (const name of Object.keys(rounds[0])) {
    const values = rounds.map((round) => round[name]).filter((value) => value !== null);
    summary[name] = values.length === 0 ? null : quartiles(Float64Array.from(values).sort());
  }
  return summary;
}

function quartiles(sorted) {
  const [low, high] = [percentile(sorted, 0.25), percentile(sorted, 0.75)];
  return { median: significant(median(sorted)), low: significant(low), high: significant(high) };
}

/** Four digits are more than any run repeats. */
export function significant(number) {
  return Number(number.toPrecision(4));
}

/**
 * How far values rise from the start to the end of their line of best fit, and how far they stray
 * from it.
 */
export function trend(values) {
  const n = values.length;
  const meanX = (n - 1) / 2;
  const meanY = values.reduce((sum, y) => sum + y, 0) / n;
  let xy = 0;
  let xx = 0;
  values.forEach((y, x) => {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
  });
  const slope = xy / xx;
  const squares = values.reduce((sum, y, x) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { rise: slope * (n - 1), stray: Math.sqrt(squares / Math.max(1, n - 2)) };
}
