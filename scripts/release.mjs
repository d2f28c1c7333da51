// `npm run release`: publishes the packages whose binaries are in npm/. `-- --dry-run` only shows what would be published, with
// those binaries that are there.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtBinaries, layOut, MAX_SIZE, megabytes, PLATFORMS } from './packages.mjs';
import { main, step } from './run.mjs';

const DRY_RUN = '--dry-run';

main(async () => {
  const isDry = process.argv.includes(DRY_RUN);
  const folder = mkdtempSync(path.join(tmpdir(), 'mpauthx-release-'));
  try {
    await release(folder, isDry);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function release(folder, isDry) {
  const binaries = builtBinaries();
  const missing = PLATFORMS.filter((platform) => !binaries[platform]);
  if (missing.length > 0 && !isDry) throw new Error(`not built: ${missing.join(', ')}`);

  const packages = layOut(folder, binaries);
  for (const { name, size } of packages) {
    if (size > MAX_SIZE) throw new Error(`${name}: ${megabytes(size)} unpacked are more than ${megabytes(MAX_SIZE)}`);
  }
  // The package itself comes last: who installs it then finds what it depends on.
  for (const { name, folder: cwd } of packages) {
    const args = ['publish', '--access', 'public', ...(isDry ? [DRY_RUN] : [])];
    await step({ title: `npm publish ${name}`, command: 'npm', args, cwd });
  }
  console.log('');
  console.table(packages.map(({ name, version, size }) => ({ name, version, unpacked: megabytes(size) })));
  if (missing.length > 0) console.log(`Not built here, so not shown: ${missing.join(', ')}`);
}
