'use strict';

// Whether the package runs here: Node, the C library, the binary, and the certificates that Node is
// told to trust.

const fs = require('fs');
const { nameOf } = require('../no-binary.js');

/** The oldest glibc for which binaries are built. */
const OLDEST_GLIBC = [2, 17];

/** The Node-API of the binary, and the oldest Node 14 that has it. */
const NODE_API = 8;

/** Tells what is so. Whether the binary loads. */
function lookAtPackage(tell) {
  const { node, napi } = process.versions;
  tell(Number(napi) >= NODE_API ? 'package.node' : 'package.old-node', { node });
  lookAtPlatform(tell);
  lookAtCertificates(tell);
  try {
    require('../binding.js');
    tell('package.binary', { platform: nameOf(process) });
    return true;
  } catch (error) {
    const [, reason = error.message] = /Likely cause: ([\s\S]*)/.exec(error.message) || [];
    const [cause, remedy = ''] = reason.split('\nRemedy: ');
    tell('package.no-binary', { cause, remedy });
    return false;
  }
}

function lookAtPlatform(tell) {
  const platform = nameOf(process);
  const { glibcVersionRuntime: glibc } = process.report ? process.report.getReport().header : {};
  if (!glibc) return tell('package.platform', { platform });
  const [major, minor] = glibc.split('.').map(Number);
  const isOld = major < OLDEST_GLIBC[0] || (major === OLDEST_GLIBC[0] && minor < OLDEST_GLIBC[1]);
  return tell(isOld ? 'package.old-glibc' : 'package.glibc', { platform, glibc });
}

/** The addon reads the file too; Node only warns where it cannot. */
function lookAtCertificates(tell) {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  if (!file) return;
  try {
    const isPem = /-----BEGIN CERTIFICATE-----/.test(fs.readFileSync(file, 'latin1'));
    tell(isPem ? 'package.ca' : 'package.ca-empty', { file });
  } catch (error) {
    tell('package.ca-unreadable', { file, cause: error.code });
  }
}

module.exports = { lookAtPackage };
