'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { tempDir } = require('.');

const config = (host) => `
[req]
distinguished_name = name
prompt = no
[name]
CN = mpauthx test
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:${host}
`;

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority of the test's own and a certificate for a host: { ca (a path), tls: { key, cert } }. */
function certificates(host = 'localhost') {
  const dir = tempDir();
  const file = (name) => path.join(dir, name);
  const openssl = (...args) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  fs.writeFileSync(file('config'), config(host));
  const request = ['req', '-config', 'config', ...NEW_KEY];
  openssl(...request, '-x509', '-days', '2', '-extensions', 'ca', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl(...request, '-new', '-keyout', 'leaf.key', '-out', 'leaf.csr');
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  const extensions = ['-extfile', 'config', '-extensions', 'leaf'];
  openssl('x509', '-req', '-in', 'leaf.csr', ...signer, ...extensions, '-days', '2', '-out', 'leaf.pem');
  const tls = { key: fs.readFileSync(file('leaf.key')), cert: fs.readFileSync(file('leaf.pem')) };
  return { ca: file('ca.pem'), tls };
}

module.exports = { certificates };
