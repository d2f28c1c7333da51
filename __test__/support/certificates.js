'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { tempDir } = require('./temp-dir');

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
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
`;

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Runs openssl in the folder of an authority. */
const openssl = (dir, ...args) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });

/**
 * The authority in the folder signs a certificate as a section of its `config` says: { cert, key },
 * the contents of the files `<name>.pem` and `<name>.key`.
 */
function sign(dir, name, section) {
  openssl(dir, 'req', '-config', 'config', ...NEW_KEY, '-new', '-keyout', `${name}.key`, '-out', `${name}.csr`);
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
  const extensions = ['-extfile', 'config', '-extensions', section];
  openssl(dir, 'x509', '-req', '-in', `${name}.csr`, ...signer, ...extensions, '-out', `${name}.pem`);
  const [key, cert] = ['key', 'pem'].map((ending) => fs.readFileSync(path.join(dir, `${name}.${ending}`)));
  return { key, cert };
}

/**
 * A certificate authority of the test's own and a certificate for a host: { ca (a path), tls: {
 * key, cert } }.
 */
function certificates(host = 'localhost') {
  const dir = tempDir();
  fs.writeFileSync(path.join(dir, 'config'), config(host));
  const created = ['-x509', '-days', '2', '-extensions', 'ca', '-keyout', 'ca.key', '-out', 'ca.pem'];
  openssl(dir, 'req', '-config', 'config', ...NEW_KEY, ...created);
  return { ca: path.join(dir, 'ca.pem'), tls: sign(dir, 'leaf', 'leaf') };
}

/**
 * A client's certificate, signed by the authority whose certificate is at `ca`: { cert, key }, as
 * text.
 */
function clientCertificate(ca) {
  const { cert, key } = sign(path.dirname(ca), 'client', 'client');
  return { cert: cert.toString(), key: key.toString() };
}

module.exports = { certificates, clientCertificate };
