'use strict';

// How long a test lets time pass.

/** The units, in milliseconds. */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** No token lives so long: a hundred years. */
const MAX = 36_525 * UNITS.d;

const ADVICE = "such as '3d', '90m' or '10s' (ms, s, m, h, d, w), or a number of seconds";

/** The milliseconds of a text such as `'3d'`, or of a number of seconds. */
function milliseconds(duration) {
  const ms = typeof duration === 'number' ? duration * UNITS.s : fromText(duration);
  if (!(ms >= 0)) throw new TypeError(`clock.advance takes how long time is to pass, ${ADVICE}; it does not go back`);
  if (ms > MAX) throw new TypeError('clock.advance takes at most a hundred years; a number is one of seconds');
  return Math.round(ms);
}

/** NaN for anything else. */
function fromText(text) {
  if (typeof text !== 'string') return NaN;
  const [, count, unit] = /^(\d+(?:\.\d+)?) ?(ms|[smhdw])$/.exec(text.trim()) || [];
  return Number(count) * UNITS[unit];
}

module.exports = { milliseconds };
