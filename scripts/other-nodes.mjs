// The versions of Node that the package is for, besides the one that everything is tested with.

import { cpSync } from 'node:fs';
import path from 'node:path';
import { testRoot } from './run.mjs';

const modules = path.join(testRoot, 'runtimes', 'node_modules');

/**
 * The steps that run the suite on each version that jest runs on; `jest` makes the step that runs it. better-sqlite3 comes from elsewhere
 * there: until 13, which wants Node 22, its binary is made for one version of Node.
 */
export function onOtherNodes(folder, jest) {
  const on = (major, driver) => {
    const env = { BETTER_SQLITE3: driver };
    return jest({ title: `jest on Node ${major}`, node: path.join(home(major), 'bin', 'node'), env });
  };
  const driver = copyDriver(path.join(folder, 'node_modules'));
  return [
    {
      title: 'better-sqlite3 for Node 18',
      command: 'npm',
      args: ['run', '--silent', 'build-release'],
      cwd: driver,
      env: { npm_config_nodedir: home(18) },
    },
    on(18, driver),
    ...[22, 24, 26].map((major) => on(major, path.join(modules, 'better-sqlite3'))),
  ];
}

function home(major) {
  return path.join(modules, `node${major}`);
}

/** A copy of the tests' better-sqlite3 with what it needs, to be built. */
function copyDriver(to) {
  const from = path.join(testRoot, 'node_modules');
  for (const name of ['better-sqlite3', 'bindings', 'file-uri-to-path']) {
    cpSync(path.join(from, name), path.join(to, name), { recursive: true });
  }
  return path.join(to, 'better-sqlite3');
}
