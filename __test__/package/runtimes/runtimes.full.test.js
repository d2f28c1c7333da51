'use strict';

// The package on the runtimes that it is meant for, besides the one that everything else is tested
// with. On those that jest runs on, the whole suite runs besides.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { ROOT, startRedis, tempDir } = require('../../support');
const { certificates } = require('../../support/certificates');

const run = promisify(execFile);

const MODULES = path.join(__dirname, 'node_modules');
const node = (major) => path.join(MODULES, `node${major}`, 'bin', 'node');
const tool = (name) => path.join(MODULES, '.bin', name);

const RUNTIMES = [
  ...[14, 16, 18, 22, 24, 26].map((major) => [`node ${major}.`, [node(major)]]),
  ['bun ', [tool('bun')]],
  ['deno ', [tool('deno'), 'run', '--allow-all', '--quiet']],
];

let redis;
let made;
let keys;
beforeAll(async () => {
  redis = await startRedis();
  made = certificates();
  const folder = tempDir();
  keys = Object.entries(made.tls).map(([name, pem]) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, pem);
    return file;
  });
});

/** Runs one of the programs here, with what they are told of our servers; returns what it says. */
async function say([command, ...args], program, folder = ROOT) {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: made.ca };
  const { stdout } = await run(command, [...args, program, folder, redis.url, ...keys], { env, cwd: ROOT });
  return JSON.parse(stdout);
}

test.each(RUNTIMES)(
  '%s: logins and tokens in every store',
  async (name, command) => {
    const said = await say(command, path.join(__dirname, 'smoke.js'));
    expect(said).toEqual({ runtime: expect.stringMatching(`^${name}`), stores: 3, loadMs: expect.any(Number) });
    console.log(`${said.runtime}: loaded in ${said.loadMs.toFixed(1)} ms`);
  },
  60000,
);

test('processes of a cluster share tokens, and what one has ended is refused in the other', async () => {
  expect(await say([process.execPath], path.join(__dirname, 'cluster.js'))).toEqual({
    workers: 2,
    live: true,
    ended: true,
  });
}, 60000);

describe('a bundle of esbuild with the addon outside', () => {
  const ENTRY = path.join(ROOT, 'index.js');
  const FLAGS = ['--bundle', '--platform=node', '--external:mpauthx-*', '--external:*.node'];

  /** A folder for a bundle, with the addon as it is installed. */
  function bundleFolder() {
    const folder = tempDir();
    const addon = `mpauthx-linux-${process.arch}-gnu`;
    const target = path.join(folder, 'node_modules', addon);
    const binary = fs.readdirSync(ROOT).find((name) => /^mpauthx\.linux-\w+-gnu\.node$/.test(name));
    fs.mkdirSync(target, { recursive: true });
    fs.copyFileSync(path.join(ROOT, binary), path.join(target, binary));
    fs.writeFileSync(path.join(target, 'package.json'), JSON.stringify({ name: addon, version: '0', main: binary }));
    return folder;
  }

  test('works', async () => {
    const outfile = path.join(bundleFolder(), 'bundle.js');
    await run(tool('esbuild'), [ENTRY, ...FLAGS, `--outfile=${outfile}`]);
    expect(fs.readFileSync(outfile, 'utf8')).not.toContain(ROOT);
    const said = await say([process.execPath], path.join(__dirname, 'smoke.js'), outfile);
    expect(said).toMatchObject({ stores: 3 });
  }, 60000);

  test('works as an ES module', async () => {
    const folder = bundleFolder();
    const outfile = path.join(folder, 'bundle.mjs');
    const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    await run(tool('esbuild'), [ENTRY, ...FLAGS, '--format=esm', `--banner:js=${banner}`, `--outfile=${outfile}`]);
    const program = path.join(folder, 'program.mjs');
    fs.writeFileSync(
      program,
      `import mpauthx from './bundle.mjs';
      const auth = mpauthx('wx', 'secret', 'shop', null, null, 60, { tokens: 'memory' });
      console.log(await auth.isTokenValid('no token').catch((reason) => typeof reason));`,
    );
    expect(await run(process.execPath, [program])).toEqual({ stdout: 'undefined\n', stderr: '' });
  }, 60000);
});
