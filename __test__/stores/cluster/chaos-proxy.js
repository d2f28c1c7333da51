'use strict';

const { once } = require('node:events');
const net = require('node:net');
const { defer } = require('../../support');

/** How often what happens to a piece of an answer, in thousandths; else it passes. */
const CHANCES = [
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
 * A way to the redis on `port` that delays, cuts and loses what goes through it, as `random` decides. `counts` says how often.
 * After `calm()` it leaves everything as it is.
 */
async function chaosProxy(port, random) {
  const way = { counts: { delay: 0, cut: 0, drop: 0, silence: 0 } };
  let wild = true;
  const fate = (chances) => {
    let n = wild ? random.below(1000) : 1000;
    const found = chances.find(([, share]) => {
      n -= share;
      return n < 0;
    });
    if (found) way.counts[found[0]] += 1;
    return found?.[0];
  };

  /** Carries pieces one after the other, so that a late one holds up those behind it. */
  function carry(from, to, chances) {
    let before = Promise.resolve();
    let silent = false;
    from.on('data', (piece) => {
      before = before.then(async () => {
        if (silent || to.destroyed) return;
        const what = fate(chances);
        if (what === 'delay') await new Promise((resolve) => setTimeout(resolve, random.below(LONGEST_DELAY)));
        if (what === 'silence') silent = true;
        else if (what === 'drop') to.destroy();
        else if (what === 'cut') to.end(piece.subarray(0, piece.length >> 1));
        else if (!to.destroyed) to.write(piece);
      });
    });
    from.on('error', () => {}); // its close follows
    from.on('close', () => before.then(() => to.destroy()));
  }

  const server = net.createServer({ noDelay: true }, (client) => {
    const redis = net.connect({ port, host: '127.0.0.1', noDelay: true });
    carry(client, redis, ASKED);
    carry(redis, client, CHANCES);
    defer(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  defer(() => server.close());
  way.url = `redis://127.0.0.1:${server.address().port}`;
  way.calm = () => {
    wild = false;
  };
  return way;
}

module.exports = { chaosProxy };
