// Packages of Debian, of which only the files are used: nothing is installed.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { step } from './run.mjs';

/**
 * Unpacks packages into a folder, and those that they need and the machine has not; of another
 * architecture (`name:arm64`) or another `release` only what is named. apt checks their signatures.
 */
export async function unpackDebian(folder, packages, release) {
  const done = path.join(folder, '.done', packages.join('+'));
  if (existsSync(done)) return;
  const apt = path.join(folder, '.apt');
  const archives = path.join(apt, 'archives');
  for (const each of [path.join(apt, 'lists', 'partial'), path.join(archives, 'partial')]) {
    mkdirSync(each, { recursive: true });
  }
  const env = { APT_CONFIG: configure(apt, release) };
  const isForeign = release !== undefined || packages.some((name) => name.includes(':'));
  const get = isForeign
    ? ['download', ...packages]
    : ['install', '-y', '--download-only', '--no-install-recommends', '--reinstall', ...packages];
  await step({ title: 'apt-get update', command: 'apt-get', args: ['-qq', 'update'], env });
  await step({ title: `apt-get ${get[0]}`, command: 'apt-get', args: ['-qq', ...get], cwd: archives, env });
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    await step({ title: file, command: 'dpkg', args: ['-x', path.join(archives, file), folder] });
  }
  mkdirSync(path.dirname(done), { recursive: true });
  writeFileSync(done, '');
}

/** Has apt keep all that it knows in `apt`. */
function configure(apt, release) {
  const lines = [
    `APT::Architectures { "${{ x64: 'amd64' }[process.arch] ?? process.arch}"; "arm64"; };`,
    'APT::Sandbox::User "root";',
    `Dir::State::lists "${apt}/lists";`,
    `Dir::Cache::archives "${apt}/archives";`,
  ];
  if (release) {
    const sources = path.join(apt, 'sources.list');
    writeFileSync(sources, `deb ${mirror()} ${release} main\n`);
    lines.push(`Dir::Etc::sourcelist "${sources}";`, 'Dir::Etc::sourceparts "/dev/null";');
  }
  const config = path.join(apt, 'apt.conf');
  writeFileSync(config, `${lines.join('\n')}\n`);
  return config;
}

/** Whether this machine has its own packages from there. */
export function hasDebian() {
  return mirror() !== undefined;
}

/** Where from. */
function mirror() {
  const args = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Component: main', 'Label: Debian'];
  const { stdout } = spawnSync('apt-get', args, { encoding: 'utf8' });
  return stdout?.split('\n')[0] || undefined;
}
