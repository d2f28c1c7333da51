'use strict';

// A registry of npm packages on loopback, and a machine of a user's who installs from it: one
// without cargo and without a compiler.

const { execFile, execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { defer, ROOT, tempDir, until } = require('../../support');
const { freePort } = require('../../support/free-port');

const VERDACCIO = path.join(__dirname, 'node_modules', 'verdaccio', 'bin', 'verdaccio');

/**
 * Lays the packages out as they are published: `{ name, version, folder, size }` of each, the
 * package itself last. With the flag `--all` those of platforms too that have not been built.
 */
function layOut(...flags) {
  const script = path.join(ROOT, 'scripts', 'packages.mjs');
  return JSON.parse(execFileSync(process.execPath, [script, tempDir(), ...flags], { encoding: 'utf8', cwd: ROOT }));
}

/**
 * Starts a registry that has our packages from us, and all others from the registry that npm is set
 * to.
 */
async function startRegistry() {
  const folder = tempDir();
  const config = path.join(folder, 'config.yaml');
  const above = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', cwd: ROOT }).trim();
  const all = 'access: $all, publish: $all, unpublish: $all';
  fs.writeFileSync(
    config,
    `storage: ${folder}/storage
uplinks: { above: { url: '${above}', timeout: 60s } }
packages:
  'mpauthx*': { ${all} }
  '**': { ${all}, proxy: above }
log: { type: stdout, level: warn }
`,
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const args = [VERDACCIO, '--config', config, '--listen', `127.0.0.1:${port}`];
  const server = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' });
  defer(async () => {
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  });
  await until(
    () =>
      fetch(`${url}-/ping`).then(
        (reply) => reply.ok,
        () => false,
      ),
    60000,
  );
  // npm wants to know who publishes; the registry does not.
  const npmrc = path.join(folder, 'npmrc');
  fs.writeFileSync(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\n`);
  return { url, npmrc };
}

const run = promisify(execFile);

async function publish(registry, packages) {
  for (const { folder } of packages) {
    const args = ['publish', '--userconfig', registry.npmrc, '--ignore-scripts', ...atRegistry(registry)];
    await run('npm', args, { cwd: folder });
  }
}

/** A flag wins over whatever the environment says: a test must not publish elsewhere. */
function atRegistry({ url }) {
  return ['--registry', url];
}

/** The environment of a user's machine: `PATH` has Node, npm and a shell. */
function bareEnvironment(registry) {
  const folder = tempDir();
  const npm = fs.realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim());
  const programs = { node: process.execPath, npm, sh: '/bin/sh', env: '/usr/bin/env' };
  for (const [name, file] of Object.entries(programs)) fs.symlinkSync(file, path.join(folder, name));
  return { PATH: folder, HOME: tempDir(), npm_config_userconfig: registry.npmrc, npm_config_cache: tempDir() };
}

/** Runs a program on the user's machine: `{ stdout, stderr }`. */
function runBare(env, cwd, program, args) {
  return run(path.join(env.PATH, program), args, { cwd, env, maxBuffer: 2 ** 26 });
}

/** Runs npm on the user's machine: `{ stdout, stderr }`. */
function runNpm(env, registry, cwd, args) {
  return runBare(env, cwd, 'npm', [...args, '--no-audit', '--no-fund', ...atRegistry(registry)]);
}

module.exports = { bareEnvironment, layOut, publish, runBare, runNpm, startRegistry };
