'use strict';

// Whether a folder is on a network file system, where SQLite's locks do not hold.

const fs = require('fs');

const KINDS =
  /^(nfs\d?|cifs|smb\d?|smbfs|afs|9p|ceph|lustre|glusterfs|fuse\.(sshfs|glusterfs|s3fs|ceph.*|juicefs|cosfs|ossfs.*))$/;

/** The kind of network file system that `folder` is on; undefined where it is on none, as far as
 * the system tells. */
function networkFileSystemOf(folder, mounts = readMounts()) {
  if (process.platform === 'win32') return folder.startsWith('\\\\') ? 'UNC' : undefined;
  const place = realPath(folder);
  const holds = ({ point }) => point === '/' || place === point || place.startsWith(`${point}/`);
  // Of two at one point the later hides the earlier.
  const [mount] = mounts
    .filter(holds)
    .reverse()
    .sort((a, b) => b.point.length - a.point.length);
  return mount && KINDS.test(mount.kind) ? mount.kind : undefined;
}

/** Linux' mounts: where each is, and of which kind. Source: proc(5). */
function readMounts() {
  try {
    return parseMounts(fs.readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch (_) {
    return [];
  }
}

function parseMounts(text) {
  const unescaped = (point) => point.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
  return text
    .split('\n')
    .filter((line) => line.includes(' - '))
    .map((line) => {
      const [before, after] = line.split(' - ');
      return { point: unescaped(before.split(' ')[4]), kind: after.split(' ')[0] };
    });
}

function realPath(folder) {
  try {
    return fs.realpathSync(folder);
  } catch (_) {
    return folder;
  }
}

module.exports = { networkFileSystemOf, parseMounts };
