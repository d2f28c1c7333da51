// The versions of Node that the package is for, besides the one that everything is tested with.

import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import config from '../__test__/jest.config.js';
import { testRoot } from './run.mjs';

const { testPathIgnorePatterns } = config;

/**
 * For Node 22 and later, with binaries for all of them in the package. Until 12 they are made for
 * one version of Node.
 */
export const BETTER_SQLITE3 = 'better-sqlite3@13.2.0';

/**
 * What the newest version runs, and the others do not, as the whole of CI is to end within the
 * hour: what takes long, and what is hardly JavaScript.
 */
const ON_THE_NEWEST = ['/api/guards/', '/stores/conformance/', '/stores/file/', '/stores/redis/'];

/**
 * The steps that run the suite on each version that jest runs on, with a better-sqlite3 for it;
 * `jest` makes the step that runs it. They write into `folder`.
 */
export function onOtherNodes(folder, jest) {
  const on = (major, driver, ignored = []) => {
    const env = { BETTER_SQLITE3: driver };
    const patterns = [...testPathIgnorePatterns, ...ignored];
    const args = ignored.length > 0 ? ['--testPathIgnorePatterns', ...patterns] : [];
    return jest({ title: `jest on Node ${major}`, node: path.join(home(major), 'bin', 'node'), args, env });
  };
  const built = copyDriver(path.join(folder, 'node_modules'));
  const fetched = path.join(folder, 'fetched');
  mkdirSync(fetched);
  return [
    {
      title: 'better-sqlite3 for Node 18',
      command: 'npm',
      args: ['run', '--silent', 'build-release'],
      cwd: built,
      env: { npm_config_nodedir: home(18) },
    },
    on(18, built, ON_THE_NEWEST),
    // Not installed: npm would compile what the package brings.
    { title: BETTER_SQLITE3, command: 'npm', args: ['pack', '--silent', BETTER_SQLITE3], cwd: fetched },
    { title: 'tar', command: 'tar', args: ['-xzf', `${BETTER_SQLITE3.replace('@', '-')}.tgz`], cwd: fetched },
    ...[22, 24].map((major) => on(major, path.join(fetched, 'package'), ON_THE_NEWEST)),
    on(26, path.join(fetched, 'package')),
  ];
}

function home(major) {
  return path.join(testRoot, 'package', 'runtimes', 'node_modules', `node${major}`);
}

/** A copy of the tests' better-sqlite3 with what it needs, to be built. */
function copyDriver(to) {
  const from = path.join(testRoot, 'node_modules');
  for (const name of ['better-sqlite3', 'bindings', 'file-uri-to-path']) {
    cpSync(path.join(from, name), path.join(to, name), { recursive: true });
  }
  return path.join(to, 'better-sqlite3');
}
