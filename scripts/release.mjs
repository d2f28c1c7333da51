// `npm run release`: publishes the packages whose binaries are in npm/; run again after a failure,
// those that are left. `-- --dry-run` only shows what would be published, with those binaries that
// are there, and what stands in the way.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtBinaries, freshBinaries, layOut, MAX_SIZE, megabytes, PLATFORMS, readJson } from './packages.mjs';
import { main, root, step } from './run.mjs';

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
  const objections = [...staleBinaries(), ...staleTexts()];
  if (objections.length > 0 && !isDry) throw new Error(objections.join('\n  '));

  const packages = layOut(folder, isDry ? builtBinaries() : freshBinaries());
  for (const { name, size } of packages) {
    if (size > MAX_SIZE) throw new Error(`${name}: ${megabytes(size)} unpacked are more than ${megabytes(MAX_SIZE)}`);
  }
  // The package itself comes last: who installs it then finds what it depends on.
  for (const { name, version, folder: cwd } of packages) {
    if (isPublished(name, version, cwd)) {
      console.log(`\n${name} ${version} is published already: skipped`);
      continue;
    }
    const args = ['publish', '--access', 'public', ...(isDry ? [DRY_RUN] : [])];
    await step({ title: `npm publish ${name}`, command: 'npm', args, cwd });
  }
  console.log('');
  console.table(packages.map(({ name, version, size }) => ({ name, version, unpacked: megabytes(size) })));
  for (const objection of objections) console.log(`In the way of a release: ${objection}`);
}

function staleBinaries() {
  const fresh = freshBinaries();
  const stale = PLATFORMS.filter((platform) => !fresh[platform]);
  return stale.length > 0 ? [`not built, or older than the source: ${stale.join(', ')}`] : [];
}

/** What is published cannot be corrected: it would say for ever that it is not published. */
function staleTexts() {
  const { version } = readJson(path.join(root, 'package.json'));
  const texts = {
    'README.md': `Version ${version} is not published yet`,
    'README.zh-CN.md': `${version} 尚未发布`,
    'CHANGELOG.md': `## ${version}, unreleased`,
    'CHANGELOG.zh-CN.md': `## ${version}，尚未发布`,
  };
  const stale = Object.entries(texts).filter(([file, text]) =>
    readFileSync(path.join(root, file), 'utf8').includes(text),
  );
  return stale.map(([file, text]) => `${file} says "${text}"`);
}

/** Whether the registry has this version. Where it cannot be asked, publishing will say why. */
function isPublished(name, version, cwd) {
  try {
    const args = ['view', `${name}@${version}`, 'version'];
    const said = execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return said.trim() === version;
  } catch (_) {
    return false;
  }
}
