'use strict';

// The quick start of the README, word for word.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, runNode, sample } = require('../../../support');
const { application, startWorld } = require('./world');

const README = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const [section] = README.match(/^## Quick start$.*?(?=^## )/ms);
const CODE = [...section.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');
const REQUIRE = "const mpauthx = require('mpauthx');";
const [IMPORT] = section.match(/import mpauthx from 'mpauthx';/);

/** What a reader would try next. The last line of output says how it went. */
const TRY = `
async function main() {
  const { token } = await login({ code: process.argv[2] });
  console.log(JSON.stringify([await isLoggedIn(token), await isLoggedIn('nobody'), token]));
  await auth.close();
}
main();
`;

let world;
beforeAll(async () => {
  world = await startWorld();
});

/** Runs it as a file of an application, and returns what it printed. */
async function attempt(name) {
  fs.rmSync(path.join(application, 'users.db'), { force: true });
  const { code } = world.wechat.sample();
  const env = { ...world.env, APP_ID: sample.appId, APP_SECRET: 'secret' };
  const outcome = await runNode(path.join(application, name), { args: [code], env, cwd: application });
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(outcome.stdout);
}

const WORKS = [true, false, expect.stringMatching(new RegExp(`^${sample.unionId}\\|shop\\|[0-9a-f]{64}$`))];

function write(name, code) {
  fs.writeFileSync(path.join(application, name), code);
}

test('it runs as CommonJS', async () => {
  expect(CODE.startsWith(REQUIRE)).toBe(true);
  write('start.js', CODE + TRY);
  expect(await attempt('start.js')).toEqual(WORKS);
});

test('it runs as an ES module, with the import that the README gives', async () => {
  write('start.mjs', CODE.replace(REQUIRE, IMPORT) + TRY);
  expect(await attempt('start.mjs')).toEqual(WORKS);
});

test('it runs as TypeScript, compiled strictly against the types that were installed', async () => {
  // TypeScript wants to know what a login is given; nothing else is added.
  const typed = CODE.replace(REQUIRE, IMPORT).replace('({ code })', '({ code }: { code: string })');
  write('start.ts', typed.replace('(token)', '(token: string)') + TRY.replace('argv[2]', 'argv[2]!'));
  const modules = path.join(ROOT, '__test__', 'node_modules');
  const tsc = path.join(modules, 'typescript', 'bin', 'tsc');
  const types = ['--typeRoots', path.join(modules, '@types'), '--types', 'node'];
  const args = [tsc, 'start.ts', '--strict', '--module', 'nodenext', '--target', 'es2022', '--outDir', 'out', ...types];
  execFileSync(process.execPath, args, { cwd: application, encoding: 'utf8' });
  expect(await attempt('out/start.js')).toEqual(WORKS);
});
