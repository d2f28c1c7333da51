'use strict';

const { once } = require('node:events');
const net = require('node:net');
const { defer } = require('../../support');

/**
 * A way to a redis on which everything takes `delay` ms to get there, in order: between any two steps of a call that goes this way there
 * is time for others. Its URL.
 */
async function slowWay(port, delay) {
  const server = net.createServer((client) => {
    const redis = net.connect(port, '127.0.0.1');
    client.on('data', (chunk) => setTimeout(() => redis.destroyed || redis.write(chunk), delay));
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
  return `redis://127.0.0.1:${server.address().port}`;
}

module.exports = { slowWay };
