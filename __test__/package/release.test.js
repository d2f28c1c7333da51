'use strict';

// `npm run release`, of a copy of the package, to a registry on loopback that keeps what it is
// sent.

const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { defer, ROOT, runNode, tempDir } = require('../support');

const { files, version } = require('../../package.json');
const PLATFORMS = ['darwin-arm64', 'linux-x64-gnu'];
const NAMES = [...PLATFORMS.map((platform) => `mpauthx-${platform}`), 'mpauthx'];

/** What says of a version that it is not published. */
const TEXTS = ['README.md', 'README.zh-CN.md', 'CHANGELOG.md', 'CHANGELOG.zh-CN.md'];

/**
 * A clone with binaries that are newer than the source, and texts that say that the version is
 * published.
 */
function readyClone() {
  const folder = tempDir();
  const copied = ['package.json', 'Cargo.lock', 'LICENSE', 'README.md', 'scripts', 'src', ...files];
  copied.push(...PLATFORMS.map((platform) => path.join('npm', platform)));
  for (const name of copied) fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  for (const name of TEXTS) fs.writeFileSync(path.join(folder, name), '');
  for (const platform of PLATFORMS) {
    fs.writeFileSync(binaryIn(folder, platform), 'a binary');
    const later = new Date(Date.now() + 60000);
    fs.utimesSync(binaryIn(folder, platform), later, later);
  }
  return folder;
}

const binaryIn = (folder, platform) => path.join(folder, 'npm', platform, `mpauthx.${platform}.node`);

/**
 * A registry that refuses the packages in `refused`; `sent` are the names of those that it has, in
 * the order of their coming.
 */
async function startRegistry() {
  const registry = { sent: [], refused: [] };
  const server = http.createServer(async (request, response) => {
    const name = request.url.slice(1);
    for await (const _ of request);
    const answer = (status, body) => response.writeHead(status).end(JSON.stringify(body));
    if (request.method !== 'PUT') {
      if (!registry.sent.includes(name)) return answer(404, { error: 'not found' });
      const latest = { name, version, dist: { tarball: `${registry.url}${name}.tgz` } };
      return answer(200, { name, 'dist-tags': { latest: version }, versions: { [version]: latest } });
    }
    if (registry.refused.includes(name)) return answer(400, { error: 'not now' });
    registry.sent.push(name);
    return answer(201, {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  defer(() => server.close());
  const { port } = server.address();
  registry.url = `http://127.0.0.1:${port}/`;
  // npm wants to know who publishes.
  registry.npmrc = path.join(tempDir(), 'npmrc');
  fs.writeFileSync(registry.npmrc, `//127.0.0.1:${port}/:_authToken=anybody\n`);
  return registry;
}

/** Both spellings: npm reads either, and whoever runs the tests may have set one. */
function release(folder, registry, ...args) {
  const env = { npm_config_userconfig: registry.npmrc, npm_config_cache: tempDir(), npm_config_noproxy: '127.0.0.1' };
  for (const name of ['npm_config_registry', 'NPM_CONFIG_REGISTRY']) env[name] = registry.url;
  return runNode(path.join(folder, 'scripts', 'release.mjs'), { args, env, cwd: folder, timeout: 60000 });
}

test('an interrupted release, run again, publishes what is left; and a dry run of what is published does not fail', async () => {
  const [folder, registry] = [readyClone(), await startRegistry()];
  registry.refused = ['mpauthx'];
  expect(await release(folder, registry)).toMatchObject({ code: 1 });
  expect(registry.sent).toEqual(NAMES.slice(0, -1));

  registry.refused = [];
  const { code, stdout } = await release(folder, registry);
  expect(code).toBe(0);
  for (const name of NAMES.slice(0, -1)) expect(stdout).toContain(`${name} ${version} is published already: skipped`);
  expect(registry.sent).toEqual(NAMES);

  expect(await release(folder, registry, '--dry-run')).toMatchObject({ code: 0 });
  expect(registry.sent).toEqual(NAMES);
}, 120000);

test('what is missing, older than the source, or says that it is not published is in the way', async () => {
  const [folder, registry] = [readyClone(), await startRegistry()];
  fs.rmSync(binaryIn(folder, PLATFORMS[0]));
  fs.utimesSync(binaryIn(folder, PLATFORMS[1]), new Date(0), new Date(0));
  fs.writeFileSync(path.join(folder, 'README.md'), `Version ${version} is not published yet.`);
  fs.writeFileSync(path.join(folder, 'README.zh-CN.md'), `${version} 尚未发布。`);
  fs.writeFileSync(path.join(folder, 'CHANGELOG.md'), `## ${version}, unreleased\n`);
  fs.writeFileSync(path.join(folder, 'CHANGELOG.zh-CN.md'), `## ${version}，尚未发布\n`);
  const objections = [`not built, or older than the source: ${PLATFORMS.join(', ')}`];
  objections.push(...TEXTS.map((name) => `${name} says "`));

  const { code, stderr } = await release(folder, registry);
  expect(code).toBe(1);
  for (const objection of objections) expect(stderr).toContain(objection);

  const dry = await release(folder, registry, '--dry-run');
  expect(dry.code).toBe(0);
  for (const objection of objections) expect(dry.stdout).toContain(`In the way of a release: ${objection}`);
  expect(registry.sent).toEqual([]);
}, 120000);

test('a clone without the loader is not laid out', async () => {
  const [folder, registry] = [readyClone(), await startRegistry()];
  fs.rmSync(path.join(folder, 'native.js'));
  const { code, stderr } = await release(folder, registry, '--dry-run');
  expect(code).toBe(1);
  expect(stderr).toContain('not there: native.js.');
}, 60000);
