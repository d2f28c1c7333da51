'use strict';

// The SQLite files of the tokens and of the users: whether they are there, and whether this process
// may do with them what it has to. A missing file is not made here.

const fs = require('fs');
const path = require('path');
const { networkFileSystemOf } = require('./file-system.js');

/** What a SQLite file begins with. Source: SQLite's page on its file format. */
const HEADER = 'SQLite format 3\0';

/** The rights that anybody on the machine has. */
const OTHERS_READ = 0o004;

function lookAtTokenFile(tell, subject) {
  const { file } = subject.config.tokens;
  subject.tokensAreThere = lookAt('tokens', tell, file, { isMade: true });
}

/** What the application's own handle writes, we only read. */
function lookAtUserFile(tell, subject) {
  const { file, object, createTable } = subject.config;
  subject.usersAreThere = lookAt('users', tell, file, { isMade: createTable, isOnlyRead: object !== undefined });
}

/** Whether there is a file with something in it, and it can be used. */
function lookAt(section, tell, file, { isMade, isOnlyRead = false }) {
  const folder = path.dirname(file);
  if (!isFolder(folder)) return not(tell, `${section}.no-folder`, { file, folder });
  tellFileSystem(section, tell, file);
  const found = statOf(file);
  if (found === undefined) {
    if (!isMade) return not(tell, `${section}.missing`, { file });
    if (!mayDo(folder, fs.constants.W_OK)) return not(tell, `${section}.folder-rights`, { file, folder, who: who() });
    return not(tell, `${section}.will-be-made`, { file });
  }
  if (!found.isFile()) return not(tell, `${section}.no-file`, { file });
  if (!mayDo(file, fs.constants.R_OK | (isOnlyRead ? 0 : fs.constants.W_OK))) {
    return not(tell, `${section}.rights`, { file, who: who() });
  }
  // SQLite keeps a log and a journal beside the file.
  if (!isOnlyRead && !mayDo(folder, fs.constants.W_OK)) {
    return not(tell, `${section}.folder-rights`, { file, folder, who: who() });
  }
  if (found.size === 0) return not(tell, `${section}.empty`, { file });
  if (headerOf(file) !== HEADER) return not(tell, `${section}.no-database`, { file });
  if (section === 'tokens' && process.platform !== 'win32' && found.mode & OTHERS_READ) {
    tell('tokens.readable', { file });
  }
  tell(`${section}.file`, { file });
  return true;
}

function not(tell, code, values) {
  tell(code, values);
  return false;
}

function tellFileSystem(section, tell, file) {
  const network = networkFileSystemOf(path.dirname(file));
  if (network !== undefined) tell(`${section}.network`, { file, kind: network });
}

function isFolder(folder) {
  return statOf(folder)?.isDirectory() === true;
}

function statOf(file) {
  try {
    return fs.statSync(file);
  } catch (_) {
    return undefined;
  }
}

function mayDo(file, mode) {
  try {
    fs.accessSync(file, mode);
    return true;
  } catch (_) {
    return false;
  }
}

function headerOf(file) {
  const descriptor = fs.openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(HEADER.length);
    fs.readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes.toString('latin1');
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Whom this process runs as. */
function who() {
  return process.getuid ? `uid ${process.getuid()}` : 'this user';
}

module.exports = { lookAtTokenFile, lookAtUserFile };
