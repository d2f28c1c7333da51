'use strict';

const { pause } = require('../../support');
const { tcpProxy } = require('../../support/tcp-proxy');

/** How often what happens to a piece of an answer, in thousandths; else it passes. */
const ANSWERED = [
  ['delay', 150],
  ['cut', 15], // half of it arrives, then the connection breaks
  ['drop', 15], // none of it arrives, and the connection breaks
  ['silence', 1], // nor does anything after it, and the connection stays
];

/** What happens to a piece of a question. */
const ASKED = [
  ['delay', 50],
  ['drop', 10],
];

const LONGEST_DELAY = 40;

/**
 * A proxy in front of the redis on `port` that delays, cuts and loses what goes through it, as
 * `random` decides. `counts` says how often. After `calm()` it leaves everything as it is.
 */
async function chaosProxy(port, random) {
  const counts = { delay: 0, cut: 0, drop: 0, silence: 0 };
  let wild = true;
  const fate = (chances) => {
    let n = wild ? random.below(1000) : 1000;
    const found = chances.find(([, share]) => {
      n -= share;
      return n < 0;
    });
    if (found) counts[found[0]] += 1;
    return found?.[0];
  };

  function carrier(chances) {
    let silent = false;
    return async (piece, to) => {
      if (silent) return;
      const what = fate(chances);
      if (what === 'delay') await pause(random.below(LONGEST_DELAY));
      if (what === 'silence') silent = true;
      else if (what === 'drop') to.destroy();
      else if (what === 'cut') to.end(piece.subarray(0, piece.length >> 1));
      else if (!to.destroyed) to.write(piece);
    };
  }

  const { url } = await tcpProxy(port, () => ({ toServer: carrier(ASKED), toClient: carrier(ANSWERED) }));
  const calm = () => {
    wild = false;
  };
  return { url, counts, calm };
}

module.exports = { chaosProxy };
