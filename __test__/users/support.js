'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { createUserTable, dbClose, dbExec, lastLine, openSqlite, runNode, startNode, tempDir } = require('../support');

// The bits of a descriptor's flags that say read, write or both (O_ACCMODE of fcntl.h).
const ACCESS_MODE = 3;

const LEDGER = 'CREATE TABLE ledger (n INTEGER PRIMARY KEY, body BLOB)';

/**
 * A database file of the given journal mode with the user table, a table of the application's own,
 * and `users`; its path.
 */
async function userFile({ journal = 'DELETE', users = [], dir = tempDir(), name = 'app.db' } = {}) {
  const file = path.join(dir, name);
  const maker = await openSqlite(file);
  await dbExec(maker, `PRAGMA journal_mode = ${journal}; ${LEDGER}`);
  await createUserTable(maker);
  if (users.length > 0) await dbExec(maker, addUsers(users));
  await dbClose(maker);
  return file;
}

/** SQL that registers users as the application would. */
const addUsers = (users) => `INSERT INTO user (openId) VALUES ${users.map((id) => `('${id}')`).join(', ')}`;

/**
 * What a fresh process finds in the file: `check` of its integrity, ids of `users`, numbers of the
 * `ledger`.
 */
async function inspect(file) {
  const { code, stdout, stderr } = await runNode(path.join(__dirname, 'inspect.js'), { args: [file], timeout: 60000 });
  if (code !== 0) throw new Error(`the file could not be inspected: ${stderr}`);
  return JSON.parse(stdout);
}

/**
 * Runs one of the programs beside this file with a configuration, and returns what it printed last,
 * read as JSON.
 */
async function runProgram(name, config, timeout = 60000) {
  const script = path.join(__dirname, name);
  const { code, signal, stdout, stderr } = await runNode(script, { args: [JSON.stringify(config)], timeout });
  if (code !== 0 || stderr !== '') throw new Error(`${name} ended with ${signal || code}: ${stdout}${stderr}`);
  return lastLine(stdout);
}

/** A process of its own that holds an exclusive lock on the file until `release()`. */
async function lockedElsewhere(file) {
  const other = startNode(path.join(__dirname, 'hold-lock.js'), { args: [file] });
  await other.line('locked');
  return {
    release: async () => {
      other.child.stdin.end();
      const { code, stderr } = await other.exit;
      if (code !== 0) throw new Error(`the lock was not held to its end: ${stderr}`);
    },
  };
}

/** The descriptors that this process has on the file, and whether each can write. Linux only. */
function descriptors(file) {
  const real = fs.realpathSync(file);
  return fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      if (fs.readlinkSync(`/proc/self/fd/${fd}`) !== real) return [];
      const [, flags] = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
      return [{ fd, writable: (Number.parseInt(flags, 8) & ACCESS_MODE) !== fs.constants.O_RDONLY }];
    } catch (error) {
      if (error.code === 'ENOENT') return []; // the descriptor of the listing itself
      throw error;
    }
  });
}

/** A copy of the `.db` alone, as a backup that knows nothing of `-wal` makes it. */
function copyOf(file) {
  const copy = path.join(tempDir(), 'copy.db');
  fs.copyFileSync(file, copy);
  return copy;
}

const numbers = (count, from = 1) => Array.from({ length: count }, (_, i) => from + i);

module.exports = { userFile, addUsers, inspect, runProgram, lockedElsewhere, descriptors, copyOf, numbers };
