'use strict';

const { once } = require('node:events');
const net = require('node:net');
const { defer } = require('../../support');

const SCAN = /\r\nscan\r\n/i;

/**
 * A way to a redis on which every SCAN takes `delay` ms, so that a walk through the keys lasts; what follows on the same
 * connection waits behind it, as in a busy server. `scans` counts them.
 */
async function slowScan(port, delay) {
  const way = { scans: 0 };
  const server = net.createServer((client) => {
    const redis = net.connect(port, '127.0.0.1');
    let before = Promise.resolve();
    client.on('data', (chunk) => {
      const slow = SCAN.test(chunk.toString('latin1'));
      if (slow) way.scans += 1;
      before = before
        .then(() => slow && new Promise((resolve) => setTimeout(resolve, delay)))
        .then(() => redis.destroyed || redis.write(chunk));
    });
    redis.pipe(client);
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
  way.url = `redis://127.0.0.1:${server.address().port}`;
  return way;
}

module.exports = { slowScan };
