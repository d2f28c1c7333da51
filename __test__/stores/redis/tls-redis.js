'use strict';

const path = require('node:path');
const { startRedis } = require('../../support');
const { certificates, clientCertificate } = require('../../support/certificates');
const { freePort } = require('../../support/free-port');

const BUSY_PORT = /listen|bind|apply/i;

/**
 * Opens a port for TLS in a running server. Another process may take a free port first; then
 * another is tried.
 */
async function openTlsPort(redis) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      await redis.config('SET', 'tls-port', port);
      return port;
    } catch (error) {
      if (attempt === 5 || !BUSY_PORT.test(error.message)) throw error;
    }
  }
}

/**
 * A redis that speaks TLS as `localhost`, with the certificate of an authority of its own. What
 * startRedis gives, and `tlsUrl` by that name, `addressUrl` by the address, which the certificate
 * does not name, `ca` (a path), and `client`: a certificate that the server trusts, and demands
 * where `clients` is 'yes'.
 */
async function startTlsRedis({ clients = 'no', ...given } = {}) {
  const { ca } = certificates();
  const client = clientCertificate(ca);
  const server = await startRedis(given);
  const file = (name) => path.join(path.dirname(ca), name);
  const { redis } = server;
  await redis.config('SET', 'tls-auth-clients', clients);
  await redis.config(
    ...['SET', 'tls-cert-file', file('leaf.pem'), 'tls-key-file', file('leaf.key'), 'tls-ca-cert-file', file('ca.pem')],
  );
  const port = await openTlsPort(redis);
  return { ...server, tlsUrl: `rediss://localhost:${port}`, addressUrl: `rediss://127.0.0.1:${port}`, ca, client };
}

module.exports = { openTlsPort, startTlsRedis };
