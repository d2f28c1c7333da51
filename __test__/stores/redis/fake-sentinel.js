'use strict';

const { once } = require('node:events');
const net = require('node:net');
const tls = require('node:tls');
const { defer } = require('../../support');

/**
 * A Sentinel that names what `master()` gives, { host, port } or null; with `secure`, the key and
 * certificate of a server, it speaks TLS. Where it has `users`, passwords by name, it wants one of
 * them. `said()` is what it was told, each command an array.
 */
async function startFakeSentinel({ master, secure, users }) {
  const said = [];
  const answer = (socket, words) => {
    said.push(words);
    const [command, ...rest] = words;
    if (command === 'AUTH') {
      const [password, name = 'default'] = [...rest].reverse();
      socket.known = users !== undefined && users[name] === password;
      return socket.known ? '+OK\r\n' : '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
    }
    if (users && !socket.known) return '-NOAUTH Authentication required.\r\n';
    if (command !== 'SENTINEL') return '-ERR unknown command\r\n';
    const found = master(rest[1]);
    if (!found) return '*-1\r\n';
    const port = String(found.port);
    return `*2\r\n$${found.host.length}\r\n${found.host}\r\n$${port.length}\r\n${port}\r\n`;
  };
  const serve = (socket) => {
    defer(() => socket.destroy());
    socket.on('error', () => {}); // the other side may cut it
    socket.setEncoding('latin1').on('data', (chunk) => {
      // Commands come whole, and no word holds a line break.
      for (const text of chunk.split(/(?=\*\d+\r\n)/)) {
        socket.write(
          answer(
            socket,
            text
              .split('\r\n')
              .slice(1)
              .filter((_, i) => i % 2 === 1),
          ),
        );
      }
    });
  };
  const server = secure ? tls.createServer(secure, serve) : net.createServer(serve);
  server.on('tlsClientError', () => {}); // who does not trust it goes
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  defer(() => server.close());
  const { port } = server.address();
  return { port, url: secure ? `rediss://localhost:${port}` : `redis://127.0.0.1:${port}`, said: () => said };
}

module.exports = { startFakeSentinel };
