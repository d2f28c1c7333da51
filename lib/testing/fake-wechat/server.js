'use strict';

const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { send } = require('./replies');

/** The first byte of what is encrypted with TLS: that of a handshake. */
const HANDSHAKE = 22;

/**
 * Listens on a free port of loopback and answers each request with what `answer` gives for it. With
 * `tls` ({ key, cert }) it speaks https, and with `plain` besides http on the same port. `record`
 * is called with each request as it arrives; one with a body gets that once it is here: `body` as
 * text, `bytes`, and `json`. Without `holds` it does not keep the process alive.
 */
async function startServer({ tls, plain = false, holds = true, record, answer }) {
  const handle = (req, res) => {
    const request = requestOf(req);
    record(request);
    if (req.method === 'GET') {
      send(req, res, answer(request));
      return;
    }
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      request.bytes = Buffer.concat(chunks);
      request.body = request.bytes.toString();
      request.json = readJson(request.body);
      send(req, res, answer(request));
    });
  };
  const encrypted = tls && https.createServer(tls, handle);
  const open = (!tls || plain) && http.createServer(handle);
  const server = encrypted && open ? splitServer(encrypted, open) : encrypted || open;
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    if (!holds) socket.unref();
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  if (!holds) server.unref();
  const { port } = server.address();
  return {
    endpoint: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,

    /** Ends it, requests that still wait for an answer included. */
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Gives each connection to the server that understands it. */
function splitServer(encrypted, open) {
  return net.createServer((socket) => {
    socket.once('error', () => socket.destroy());
    socket.once('data', (first) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === HANDSHAKE ? encrypted : open).emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  });
}

function requestOf(req) {
  const url = new URL(req.url, 'http://localhost');
  return {
    method: req.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    rawQuery: url.search.slice(1),
    headers: req.headers,
    secure: Boolean(req.socket.encrypted),
  };
}

/** What is no JSON is an empty object, for whoever only looks for a field. */
function readJson(text) {
  try {
    return Object(JSON.parse(text));
  } catch (_) {
    return {};
  }
}

module.exports = { startServer };
