'use strict';

const { once } = require('node:events');
const net = require('node:net');
const { defer } = require('./cleanup');
const { pause } = require('./wait');

const pass = (piece, to) => to.write(piece);

/** Carries pieces one after the other, so that a late one holds up those behind it and the end. */
function carry(from, to, each) {
  let before = Promise.resolve();
  from.on('data', (piece) => {
    before = before.then(() => to.destroyed || each(piece, to));
  });
  from.on('error', () => {}); // its close follows
  from.on('close', () => before.then(() => to.destroy()));
}

/**
 * A TCP proxy in front of a port of 127.0.0.1, which a function may tell for each connection;
 * closed after the test. `connect` is called for each connection, and gives the functions that
 * carry what goes through it: `toServer(piece, server)` and `toClient(piece, client)` write the
 * piece, or do something else. Where one returns a promise, what follows waits for it; where one is
 * missing, pieces pass as they are.
 *
 * @param listen the port of the proxy, else a free one
 */
async function tcpProxy(port, connect = () => ({}), { listen = 0 } = {}) {
  const proxy = net.createServer({ noDelay: true }, (client) => {
    const server = net.connect({ port: typeof port === 'function' ? port() : port, host: '127.0.0.1', noDelay: true });
    const { toServer = pass, toClient = pass } = connect();
    carry(client, server, toServer);
    carry(server, client, toClient);
    defer(() => client.destroy());
  });
  proxy.listen(listen, '127.0.0.1');
  await once(proxy, 'listening');
  defer(() => proxy.close());
  const { port: own } = proxy.address();
  return { port: own, url: `redis://127.0.0.1:${own}` };
}

/**
 * A proxy on whose way to the server everything takes `delay` ms, in order: others act in between.
 */
function slowProxy(port, delay) {
  const toServer = (piece, server) => {
    pause(delay).then(() => server.destroyed || server.write(piece));
  };
  return tcpProxy(port, () => ({ toServer }));
}

module.exports = { slowProxy, tcpProxy };
