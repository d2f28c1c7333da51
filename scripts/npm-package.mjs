// Packages of npm's of which only the files are used.

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { step } from './run.mjs';

/** Unpacks a package, whatever it says that it is for; returns the folder. */
export async function unpackPackage(name, folder) {
  if (!existsSync(path.join(folder, 'package.json'))) {
    mkdirSync(folder, { recursive: true });
    await step({ title: name, command: 'npm', args: ['pack', '--silent', name, '--pack-destination', folder] });
    const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    const unpack = ['-xzf', path.join(folder, archive), '-C', folder, '--strip-components=1'];
    await step({ title: 'tar', command: 'tar', args: unpack });
  }
  return folder;
}
