// Nodes for other machines than this one.

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { step } from './run.mjs';

/** Unpacks a Node that npm has as a package; returns the folder. */
export async function unpackNode(name, folder) {
  if (!existsSync(path.join(folder, 'bin'))) {
    mkdirSync(folder, { recursive: true });
    await step({ title: name, command: 'npm', args: ['pack', '--silent', name, '--pack-destination', folder] });
    const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    const unpack = ['-xzf', path.join(folder, archive), '-C', folder, '--strip-components=1'];
    await step({ title: 'tar', command: 'tar', args: unpack });
  }
  return folder;
}
