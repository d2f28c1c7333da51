'use strict';

const { tcpProxy } = require('../../support/tcp-proxy');

/**
 * A proxy in front of a redis. After `hold(change)` the next answer to the reading of a token is
 * held back until `change` is done and redis has told of it; then both go on in one piece.
 */
async function holdingProxy(port) {
  let change = null;

  const { url } = await tcpProxy(port, () => {
    let held = null;
    let answered = null;
    return {
      toServer(piece, server) {
        if (change !== null && piece.includes('PTTL')) {
          held = Buffer.alloc(0);
          answered = change;
          change = null;
        }
        server.write(piece);
      },
      toClient(piece, client) {
        if (held === null) return void client.write(piece);
        // Once redis has answered, or the change would be what it answers.
        answered?.();
        answered = null;
        held = Buffer.concat([held, piece]);
        if (!held.includes('invalidate')) return;
        client.write(held);
        held = null;
      },
    };
  });
  const hold = (then) => {
    change = then;
  };
  return { url, hold };
}

module.exports = { holdingProxy };
