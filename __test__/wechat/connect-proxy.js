'use strict';

const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { once } = require('node:events');
const { defer } = require('../support');

/**
 * An HTTP proxy of the test's own. It knows CONNECT, and plain requests to http: addresses. `auth`
 * ('user:password') is demanded of whoever uses it; `tls` makes it one that is spoken to by TLS.
 * Tunnels are made, or answered with `status` alone. `seen` holds what was asked of it: method,
 * target, auth.
 */
async function startProxy({ auth, tls, status } = {}) {
  const seen = [];

  /** Whether the request may pass. */
  function admit(req) {
    const [, given] = /^Basic (.*)$/.exec(req.headers['proxy-authorization'] ?? '') ?? [];
    const text = given && Buffer.from(given, 'base64').toString();
    seen.push({ method: req.method, target: req.url, auth: text });
    return auth === undefined || text === auth;
  }

  const pass = (req, res) => {
    if (!admit(req)) {
      res.writeHead(407, { 'Proxy-Authenticate': 'Basic' }).end();
      return;
    }
    const { 'proxy-authorization': _auth, ...headers } = req.headers;
    const onward = http.request(req.url, { method: req.method, headers }, (reply) => {
      res.writeHead(reply.statusCode, reply.headers);
      reply.pipe(res);
    });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  };

  const server = tls ? https.createServer(tls, pass) : http.createServer(pass);
  const sockets = new Set();
  server.on('connect', (req, socket, head) => {
    sockets.add(socket.on('error', () => {}));
    if (!admit(req)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
      return;
    }
    if (status) {
      socket.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nContent-Length: 2\r\n\r\nno`);
      return;
    }
    const { hostname, port } = new URL(`http://${req.url}`);
    const onward = net.connect(port, hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\nVia: a proxy\r\n\r\n');
      if (head.length > 0) onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    sockets.add(onward.on('error', () => socket.destroy()));
  });
  defer(() => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  return { seen, port, url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}` };
}

module.exports = { startProxy };
