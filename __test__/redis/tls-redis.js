'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { startRedis } = require('../support');
const { certificates } = require('../contract/certificates');

const CLIENT = `
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
`;

const BUSY_PORT = /listen|bind|apply/i;

/** A client's certificate, signed by the authority whose certificate is at `ca`: { cert, key }. */
function clientCertificate(ca) {
  const dir = path.dirname(ca);
  const openssl = (...args) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  fs.writeFileSync(path.join(dir, 'client.ext'), CLIENT);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-config', 'config', ...newKey, '-new', '-keyout', 'client.key', '-out', 'client.csr');
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  const extensions = ['-extfile', 'client.ext', '-extensions', 'client'];
  openssl('x509', '-req', '-in', 'client.csr', ...signer, ...extensions, '-days', '2', '-out', 'client.pem');
  const read = (name) => fs.readFileSync(path.join(dir, name), 'utf8');
  return { cert: read('client.pem'), key: read('client.key') };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

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

module.exports = { startTlsRedis, clientCertificate, openTlsPort };
