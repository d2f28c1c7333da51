'use strict';

const { once } = require('node:events');
const net = require('node:net');
const { defer } = require('../../support');

/**
 * A way to a server on this machine, as an address that moves, or a NAT, is one. `lead(port)` leads
 * new connections elsewhere. After `forget()` nothing comes through on those that are there, in no
 * direction, and nobody is told; new ones work. `opened()` says how many there have been.
 */
async function openWay(port) {
  let target = port;
  let opened = 0;
  const pairs = new Set();
  const server = net.createServer((client) => {
    opened += 1;
    const redis = net.connect(target, '127.0.0.1');
    const pair = { forgotten: false };
    pairs.add(pair);
    for (const [end, other] of [
      [client, redis],
      [redis, client],
    ]) {
      end.on('data', (chunk) => {
        if (!pair.forgotten) other.write(chunk);
      });
      end.on('error', () => {}); // a cut connection is seen by its close
      end.on('close', () => {
        if (!pair.forgotten) other.destroy();
      });
      defer(() => end.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  defer(() => server.close());
  const own = server.address().port;
  return {
    port: own,
    url: `redis://127.0.0.1:${own}`,
    opened: () => opened,
    lead: (other) => {
      target = other;
    },
    forget: () => {
      for (const pair of pairs) pair.forgotten = true;
    },
  };
}

module.exports = { openWay };
