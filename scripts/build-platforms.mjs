// `npm run build:platforms [name …]`: builds the binaries for publishing, each for the oldest
// system that it may meet, into npm/, and checks them.

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compile, FOLDER, PYTHON, VENV } from './compile.mjs';
import { machinesFor } from './machines.mjs';
import { binaryOf, layOut, MAX_SIZE, megabytes } from './packages.mjs';
import { findRedisServer } from './redis-server.mjs';
import { beginInstallTests, ensureLoader, main, root, step } from './run.mjs';
import { TARGETS } from './targets.mjs';
import { wantsOf } from './wants.mjs';

main(async () => {
  const given = process.argv.slice(2);
  const unknown = given.find((name) => !TARGETS[name]);
  if (unknown) throw new Error(`${unknown} is none of ${Object.keys(TARGETS).join(', ')}`);

  await ensureLoader();
  const rows = [];
  for (const platform of given.length > 0 ? given : Object.keys(TARGETS)) rows.push(await make(platform));
  console.log('');
  console.table(rows);
});

async function make(platform) {
  const begun = Date.now();
  cpSync(await compile(platform), binaryOf(platform));
  const seconds = Math.round((Date.now() - begun) / 1000);
  const [{ size }] = layOut(path.join(FOLDER, 'packages', platform), { [platform]: binaryOf(platform) });
  if (size > MAX_SIZE) throw new Error(`${platform}: ${megabytes(size)} unpacked are more than ${megabytes(MAX_SIZE)}`);
  return {
    platform,
    seconds,
    unpacked: megabytes(size),
    wants: wantsOf(platform, VENV),
    run: await tryOut(platform),
  };
}

/** Runs the smoke test with what was built, on the machines there are for it; says on which. */
async function tryOut(platform) {
  const machines = await machinesFor(platform, FOLDER, PYTHON);
  if (machines.length === 0) return 'not run';
  await beginInstallTests()();
  process.env.REDIS_SERVER = findRedisServer();
  const redis = await support('.').startRedis();
  try {
    for (const machine of machines) await smoke(platform, machine, redis);
  } finally {
    await redis.stop();
  }
  return `passed: ${machines.map(({ name }) => name).join(', ')}`;
}

async function smoke(platform, machine, redis) {
  const { ca, tls } = support('./certificates').certificates();
  const home = path.join(machine.root ?? FOLDER, 'home');
  const inside = (file) => (machine.root ? path.join('/home', file) : path.join(home, file));
  const copy = (from, to) => cpSync(from, path.join(home, to), { recursive: true });
  const program = path.join('__test__', 'package', 'runtimes', 'smoke.js');
  rmSync(home, { recursive: true, force: true });
  copy(path.join(FOLDER, 'packages', platform, 'mpauthx'), 'mpauthx');
  copy(path.join(FOLDER, 'packages', platform, platform), path.join('node_modules', `mpauthx-${platform}`));
  for (const each of ['lib', program]) copy(path.join(root, each), each);
  copy(ca, 'ca');
  for (const [name, pem] of Object.entries(tls)) writeFileSync(path.join(home, name), pem);

  const told = [inside(program), inside('mpauthx'), redis.url, ...Object.keys(tls).map(inside)];
  const [command, ...args] = [...(machine.root ? ['chroot', machine.root] : []), ...machine.command, ...told];
  await step({ title: `smoke test of ${platform}`, command, args, env: { NODE_EXTRA_CA_CERTS: inside('ca') } });
}

/** What the tests share. */
function support(name) {
  return createRequire(path.join(root, '__test__', 'support', 'index.js'))(name);
}
