'use strict';

const { once } = require('node:events');
const net = require('node:net');
const { defer } = require('../../support');

/** A server on the port of a redis that treats its connections as `serve` does. */
async function oddRedis(serve) {
  const connections = new Set();
  const server = net.createServer((socket) => {
    connections.add(socket);
    socket.on('error', () => {}); // the other side may cut it
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  defer(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });
  return { url: `redis://127.0.0.1:${server.address().port}`, password: null };
}

/** Takes connections and commands and never answers. */
const silentRedis = () => oddRedis((socket) => socket.resume());

/** Answers every command with the same error. */
const failingRedis = (error) =>
  oddRedis((socket) => {
    socket.setEncoding('latin1').on('data', (chunk) => {
      const commands = chunk.match(/\*\d+\r\n/g) || [];
      socket.write(`-${error}\r\n`.repeat(commands.length));
    });
  });

module.exports = { oddRedis, silentRedis, failingRedis };
