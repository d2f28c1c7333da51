'use strict';

// The workflow that builds, tries and publishes the packages. It runs elsewhere; here it is read.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const yaml = require('js-yaml');
const { ROOT } = require('../support');

const { scripts } = require('../../package.json');
const TEXT = fs.readFileSync(path.join(ROOT, '.github', 'workflows', 'release.yml'), 'utf8');
const { jobs, permissions } = yaml.safeLoad(TEXT);
const JOBS = Object.entries(jobs);
const PLATFORMS = fs.readdirSync(path.join(ROOT, 'npm')).sort();
const COMMANDS = JOBS.flatMap(([, { steps }]) => steps.map(({ run }) => run).filter(Boolean));

const kindsOf = ({ strategy }) => strategy.matrix.include;
const platformsOf = (...names) => names.flatMap((name) => kindsOf(jobs[name]).map(({ platform }) => platform)).sort();

test('every action is pinned by a hash, and the version that it is stands beside it', () => {
  const used = TEXT.match(/\buses: .*/g);
  expect(used).toHaveLength(JOBS.flatMap(([, { steps }]) => steps).filter(({ uses }) => uses).length);
  for (const line of used) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  // One hash for each action: none is left behind when the others are brought up to date.
  const names = used.map((line) => line.split('@')[0]);
  expect(new Set(used).size).toBe(new Set(names).size);
});

test.each(JOBS)('%s has a machine and a limit of time, and waits for jobs that there are', (_name, job) => {
  expect(job['timeout-minutes']).toBeGreaterThan(0);
  const runners = job.strategy ? kindsOf(job).map(({ runner }) => runner ?? job['runs-on']) : [job['runs-on']];
  for (const runner of runners) expect(runner).toMatch(/^(ubuntu|macos|windows)-[\w.-]+$/);
  const needed = [job.needs ?? []].flat();
  expect(Object.keys(jobs)).toEqual(expect.arrayContaining(needed));
});

test('what it runs is there', () => {
  const named = (pattern) => COMMANDS.flatMap((command) => [...command.matchAll(pattern)].map(([, name]) => name));
  const run = named(/\bnpm run ([\w:-]+)/g);
  expect(run.length).toBeGreaterThan(0);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(run));
  const files = [
    ...named(/\bbash ([\w./-]+)/g),
    ...named(/--prefix ([\w./-]+)/g).map((name) => `${name}/package.json`),
  ];
  for (const file of files) expect([file, fs.existsSync(path.join(ROOT, file))]).toEqual([file, true]);
});

test('packages are installed as the lock files say', () => {
  expect(COMMANDS.filter((command) => /\bnpm (i|install|add)\b/.test(command))).toEqual([]);
});

test('every platform is built by the command for it, and tried', () => {
  expect(platformsOf('build')).toEqual(PLATFORMS);
  expect(platformsOf('try', 'musl')).toEqual(PLATFORMS);
  const program = "import('./scripts/targets.mjs').then(({ TARGETS }) => console.log(JSON.stringify(TARGETS)))";
  const targets = JSON.parse(execFileSync(process.execPath, ['-e', program], { cwd: ROOT, encoding: 'utf8' }));
  for (const { platform, target } of kindsOf(jobs.build))
    expect([platform, target]).toEqual([platform, targets[platform].target]);
  expect(jobs.build.steps.map(({ run }) => run)).toContain(`npm run build:platforms \${{ matrix.platform }}`);
});

test('a tag alone publishes, after all else, and no other job may write anything', () => {
  const { publish, ...others } = jobs;
  expect(publish.if).toBe("startsWith(github.ref, 'refs/tags/v')");
  expect([...publish.needs].sort()).toEqual(Object.keys(others).sort());
  expect(publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  expect(permissions).toEqual({ contents: 'read' });
  expect(Object.values(others).filter((job) => job.permissions)).toEqual([]);
  expect(publish.steps.find(({ env }) => env?.NPM_TOKEN).env.NPM_CONFIG_PROVENANCE).toBe('true');
  expect(JSON.stringify(others)).not.toContain('secrets.');
});
