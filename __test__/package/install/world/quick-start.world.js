'use strict';

// The quick start of the README, word for word.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, runNode, sample } = require('../../../support');
const { application, startWorld } = require('./world');

const README = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const [section] = README.match(/^## Quick start$.*?(?=^## )/ms);
const [[, CODE]] = section.matchAll(/^```js\n(.*?)^```$/gms);

/** As an ES module has it. */
const imports = (code) => code.replace(/^const (.*) = require\((.*)\);$/gm, 'import $1 from $2;');

/**
 * What a reader would try next, loaded before his application: waits for the server, logs in, asks.
 * The last line of output says how it went.
 */
const TRY = `
const url = 'http://127.0.0.1:3000';
const body = JSON.stringify({ code: process.argv[2] });
const headers = { 'Content-Type': 'application/json' };
async function main() {
  const reply = await fetch(url + '/auth/login', { method: 'POST', headers, body }).catch(() => null);
  if (!reply) return setTimeout(main, 50);
  const { token } = await reply.json();
  const seen = [token];
  for (const Authorization of [\`Bearer \${token}\`, 'Bearer nobody', '']) {
    const reply = await fetch(url + '/me', { headers: { Authorization } });
    seen.push([reply.status, (await reply.json()).userId]);
  }
  console.log(JSON.stringify(seen));
  process.exit();
}
main();
`;

let world;
beforeAll(async () => {
  world = await startWorld();
  write('try.js', TRY);
});

/** Runs it as a file of an application, and returns what it printed. */
async function attempt(name) {
  fs.rmSync(path.join(application, 'tokens.db'), { force: true });
  const { code } = world.wechat.sample();
  const env = { ...world.env, APP_ID: sample.appId, APP_SECRET: 'secret' };
  const outcome = await runNode(path.join(application, name), {
    args: [code],
    env,
    cwd: application,
    nodeArgs: ['-r', './try.js'],
  });
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(outcome.stdout);
}

const WORKS = [
  expect.stringMatching(new RegExp(`^${sample.openId}\\|shop\\|[0-9a-f]{64}$`)),
  [200, sample.openId],
  [401, null],
  [401, null],
];

function write(name, code) {
  fs.writeFileSync(path.join(application, name), code);
}

test('it runs as CommonJS', async () => {
  write('start.js', CODE);
  expect(await attempt('start.js')).toEqual(WORKS);
});

test('it runs as an ES module', async () => {
  write('start.mjs', imports(CODE));
  expect(await attempt('start.mjs')).toEqual(WORKS);
});

test('it runs as TypeScript, compiled strictly against the types that were installed', async () => {
  const typed = imports(CODE).replace('{ guard, routes }', '{ getAuth, guard, routes }');
  write('start.ts', typed.replace('req.auth.', 'getAuth(req).'));
  const modules = path.join(ROOT, '__test__', 'node_modules');
  const tsc = path.join(modules, 'typescript', 'bin', 'tsc');
  const types = ['--typeRoots', path.join(modules, '@types'), '--types', 'node'];
  const args = [tsc, 'start.ts', '--strict', '--module', 'nodenext', '--target', 'es2022', '--outDir', 'out', ...types];
  execFileSync(process.execPath, args, { cwd: application, encoding: 'utf8' });
  expect(await attempt('out/start.js')).toEqual(WORKS);
});
