// `npm run bench`: installs the peers, builds the addon as it is published, and measures both side
// by side. See options.mjs.

import path from 'node:path';
import { installRoot, main, root, step } from '../scripts/run.mjs';
import { readOptions } from './options.mjs';

// So that what is to be done at the exit is done: servers end, folders go.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

main(async () => {
  const options = readOptions();
  await installRoot();
  await step({
    title: 'npm install (bench)',
    command: 'npm',
    args: ['install', '--prefix', path.join(root, 'bench'), '--no-save', '--include=dev', '--loglevel=error'],
  });
  if (options.build) await step({ title: 'npm run build', command: 'npm', args: ['run', 'build'] });
  // Not before the peers are there: it imports them.
  const { bench } = await import('./bench.mjs');
  await bench(options);
});
