// What was measured, and on what.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { root } from '../scripts/run.mjs';

export async function describeMachine({ client }) {
  const [, server] = /^(?:valkey|redis)_version:(\S+)/m.exec(await client.info('server'));
  const cpus = os.cpus();
  return {
    date: new Date().toISOString(),
    machine: {
      cpu: cpus[0]?.model ?? os.arch(),
      cores: cpus.length,
      memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
      system: `${os.type()} ${os.release()} ${os.arch()}`,
    },
    versions: { mpauthx: `${manifest().version} (${commit()})`, node: process.versions.node, redis: server },
  };
}

function manifest() {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
}

/** Outside of a clone there is none. */
function commit() {
  try {
    const git = (...args) =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return `${git('rev-parse', '--short', 'HEAD').trim()}${git('status', '--porcelain', 'src', '*.js') ? ', changed' : ''}`;
  } catch {
    return 'no commit';
  }
}
