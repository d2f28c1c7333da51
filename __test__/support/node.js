'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { defer } = require('./cleanup');

const ROOT = path.join(__dirname, '..', '..');

/**
 * Starts Node on a file or on source text, in the root of the package unless told otherwise:
 * `require('.')` is the package and `require('./__test__/support/redis')` works. Arguments are the
 * last of `process.argv`. An `undefined` in `env` removes.
 *
 * Returns the child, `line(text)` (resolves when stdout holds the text), and `exit` (resolves with
 * code, signal and output; rejects when the timeout had to kill it).
 */
function startNode(script, { env = {}, args = [], timeout = 25000, nodeArgs = [], cwd = ROOT } = {}) {
  const isFile = !script.includes('\n') && fs.existsSync(script);
  const child = spawn(process.execPath, [...nodeArgs, ...(isFile ? [script] : ['-e', script, '--']), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set();
  const collect = (name) => {
    child[name].setEncoding('utf8').on('data', (chunk) => {
      output[name] += chunk;
      for (const look of waiting) look();
    });
  };
  collect('stdout');
  collect('stderr');
  const exit = new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = child.kill('SIGKILL');
    }, timeout);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      for (const look of waiting) look(true);
      if (!late) return resolve({ code, signal, ...output });
      reject(new Error(`killed after ${timeout} ms\nstdout: ${output.stdout}\nstderr: ${output.stderr}`));
    });
  });
  exit.catch(() => {}); // who awaits it still hears it
  defer(() => {
    child.kill('SIGKILL');
  });
  const line = (text) =>
    new Promise((resolve, reject) => {
      const look = (over) => {
        const found = output.stdout.includes(text);
        if (!found && !over) return;
        waiting.delete(look);
        if (found) resolve();
        else reject(new Error(`ended without ${JSON.stringify(text)}: ${output.stdout}${output.stderr}`));
      };
      waiting.add(look);
      look();
    });
  return { child, line, exit };
}

/** Runs Node to its end: { code, signal, stdout, stderr }. Its stdin is closed. */
function runNode(script, options) {
  const { child, exit } = startNode(script, options);
  child.stdin.end();
  return exit;
}

/** What a program printed in its last line, read as JSON. */
const lastLine = (stdout) => JSON.parse(stdout.trim().split('\n').pop());

module.exports = { lastLine, startNode, runNode, ROOT };
