'use strict';

const { once } = require('node:events');
const net = require('node:net');
const { defer } = require('../../support');

/**
 * A way to a redis. After `hold(change)` the next answer to the reading of a token is held back until `change` is done and redis has told
 * of it; then both go on in one piece.
 */
async function heldWay(port) {
  let change = null;

  const server = net.createServer((client) => {
    const redis = net.connect(port, '127.0.0.1');
    let held = null;

    client.on('data', (chunk) => {
      if (change !== null && chunk.includes('PTTL')) {
        held = Buffer.alloc(0);
        // Once redis has answered, or the change would be what it answers.
        redis.once('data', change);
        change = null;
      }
      redis.write(chunk);
    });
    redis.on('data', (chunk) => {
      if (held === null) {
        client.write(chunk);
        return;
      }
      held = Buffer.concat([held, chunk]);
      if (!held.includes('invalidate')) return;
      client.write(held);
      held = null;
    });
    for (const [end, other] of [
      [client, redis],
      [redis, client],
    ]) {
      end.on('error', () => {}); // a cut connection is seen by its close
      end.on('close', () => other.destroy());
    }
    defer(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  defer(() => server.close());
  const hold = (then) => {
    change = then;
  };
  return { url: `redis://127.0.0.1:${server.address().port}`, hold };
}

module.exports = { heldWay };
