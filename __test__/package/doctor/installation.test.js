'use strict';

// The doctor on what is wrong before an application has run: the package and its configuration.

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, runNode, tempDir } = require('../../support');
const { files, version } = require('../../../package.json');
const { missingIn } = require('../../../lib/doctor/lock-file');
const { nameOf } = require('../../../lib/no-binary');
const { authOf, diagnosis, doctor, NOWHERE, options, SECRET } = require('./support');

const HERE = `mpauthx-${nameOf(process)}`;
const OTHER = ['mpauthx-linux-x64-musl', 'mpauthx-darwin-arm64'].find((name) => name !== HERE);

/** An application with the package as it is installed, and a lock file that names `locked`. */
function application({ hasBinary = true, locked } = {}) {
  const cwd = tempDir();
  const folder = path.join(cwd, 'node_modules', 'mpauthx');
  for (const name of files.filter((each) => !/\.(md|d\.ts)$/.test(each))) {
    fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  const optionalDependencies = Object.fromEntries([HERE, OTHER].map((name) => [name, version]));
  const manifest = JSON.stringify({ name: 'mpauthx', version, optionalDependencies });
  fs.writeFileSync(path.join(folder, 'package.json'), manifest);
  const binary = `mpauthx.${nameOf(process)}.node`;
  if (hasBinary) fs.copyFileSync(path.join(ROOT, binary), path.join(folder, binary));
  if (locked) {
    const packages = Object.fromEntries(['mpauthx', ...locked].map((name) => [`node_modules/${name}`, { version }]));
    packages['node_modules/mpauthx'].optionalDependencies = optionalDependencies;
    fs.writeFileSync(path.join(cwd, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
  }
  return { cwd, bin: path.join(folder, 'bin', 'mpauthx.js') };
}

describe('the installation', () => {
  test('without its binary: why, and nothing else is looked at', async () => {
    const { told, looks } = await diagnosis(authOf(options()), application({ hasBinary: false }));
    expect(told).toEqual(['error package.no-binary']);
    expect(looks['package.no-binary'].text).toContain(`${HERE} is not installed`);
    expect(looks['package.no-binary'].advice).toContain('optional dependencies');
  });

  test('whose lock file lacks this platform', async () => {
    const { told, looks } = await diagnosis(undefined, application({ locked: [OTHER] }));
    expect(told).toEqual(['error package.lock-lacks-this', 'note config.none']);
    expect(looks['package.lock-lacks-this'].values.missing).toEqual([HERE]);
  });

  test('whose lock file lacks the platform of a deployment', async () => {
    const { code, told, looks } = await diagnosis(undefined, application({ locked: [HERE] }));
    expect([code, ...told]).toEqual([0, 'warning package.lock-lacks', 'note config.none']);
    expect(looks['package.lock-lacks'].values.missing).toEqual([OTHER]);
  });

  test('whose lock file names all platforms', async () => {
    const { told, looks } = await diagnosis(undefined, application({ locked: [HERE, OTHER] }));
    expect(told).toEqual(['note config.none']);
    expect(looks['package.lock'].status).toBe('ok');
  });

  test.each([
    [
      'pnpm-lock.yaml',
      'packages:\n  mpauthx-a@2.0.0:\n    os: [linux]\n  mpauthx@2.0.0:\n    optionalDependencies:\n      mpauthx-b: 2.0.0\n',
    ],
    ['yarn.lock', 'mpauthx-a@2.0.0:\n  version "2.0.0"\nmpauthx@^2:\n  optionalDependencies:\n    mpauthx-b "2.0.0"\n'],
    [
      'yarn.lock',
      '"mpauthx-a@npm:2.0.0":\n  version: 2.0.0\n"mpauthx@npm:^2":\n  dependencies:\n    mpauthx-b: 2.0.0\n',
    ],
    [
      'package-lock.json',
      '{"dependencies":{"mpauthx-a":{"version":"2.0.0"},"mpauthx":{"requires":{"mpauthx-b":"2"}}}}',
    ],
  ])('a lock file %s (%#) names a package by its version, not by who depends on it', (name, text) => {
    expect(missingIn(name, text, ['mpauthx-a', 'mpauthx-b'])).toEqual(['mpauthx-b']);
  });

  test.each([
    ['is not there', undefined, 'package.ca-unreadable'],
    ['holds no certificate', 'DER', 'package.ca-empty'],
  ])('NODE_EXTRA_CA_CERTS whose file %s', async (_what, content, code) => {
    const file = path.join(tempDir(), 'ca.pem');
    if (content) fs.writeFileSync(file, content);
    // Node itself warns of it as soon as it starts.
    const env = { NODE_EXTRA_CA_CERTS: file, NODE_NO_WARNINGS: '1' };
    const { stdout } = await doctor(undefined, { args: ['--json'], env });
    const looks = JSON.parse(stdout).looks.filter(({ status }) => status === 'error');
    expect(looks.map((look) => look.code)).toEqual([code]);
  });
});

describe('a configuration', () => {
  test('that is not there', async () => {
    expect((await diagnosis(undefined, { args: ['--config', 'nowhere.js'] })).told).toEqual(['error config.missing']);
  });

  test('that throws: what it says, without what is secret', async () => {
    const secrets = ['p4ssw0rd-in-url', 'Sesame-in-env', 'in-the-source', SECRET];
    const source = `const secret = 'in-the-source';
      throw new Error('cannot use redis://app:p4ssw0rd-in-url@db:6379, ' + process.env.DB_PASSWORD + process.env.WX_AES_KEY + process.env.T_AUTH + ', ' + secret + ', ${SECRET}');`;
    const { told, looks, stdout } = await diagnosis(source, {
      env: { DB_PASSWORD: 'Sesame-in-env', WX_AES_KEY: 'q83vEjRWeJ/Crze8S+Sesame=', T_AUTH: 'Sesame' },
    });
    expect(told).toEqual(['error config.throws']);
    expect(looks['config.throws'].text).toContain(
      'auth.js throws: cannot use redis://***@db:6379, *********, ***, ***',
    );
    for (const secret of secrets) expect(stdout).not.toContain(secret);
  });

  test('whose variable is missing: which option lacks it', async () => {
    const source = authOf(options()).replace('"tokens":"memory"', '"tokens":process.env.NO_SUCH_URL');
    const { told, looks } = await diagnosis(source);
    expect(told).toEqual(['error config.throws']);
    expect(looks['config.throws'].text).toContain('tokens is undefined: an environment variable may be missing');
  });

  test('of options that createAuth refuses', async () => {
    const { told, looks } = await diagnosis(`module.exports = ${JSON.stringify({ ...options(), sku: 'undefined' })};`);
    expect(told).toEqual(['error options.refused']);
    expect(looks['options.refused'].text).toContain('sku must name this application');
  });

  test('of options with a URL that is none, without its password', async () => {
    const tokens = { url: 'http://app:Sesame-42@db:6379' };
    const { told, stdout } = await diagnosis(`module.exports = ${JSON.stringify(options({ tokens }))};`);
    expect(told).toEqual(['error options.refused']);
    expect(stdout).not.toContain('Sesame-42');
  });

  test.each([
    ['module.exports = {};', 'config.nothing'],
    ["exports.name = 'x';", 'config.nothing'],
    ['module.exports = () => {};', 'config.function'],
    ['module.exports = {', 'config.unreadable'],
    ["require('./not-there.js');", 'config.unreadable'],
  ])('that exports nothing of ours: %s', async (source, code) => {
    expect((await diagnosis(source)).told).toEqual([`error ${code}`]);
  });

  test.each([[['--config']], [['--config', '']], [['--config=']]])('that is not named after all: %j', async (args) => {
    const { code, stdout } = await doctor(undefined, { args });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^mpauthx: --config needs a file$/m);
  });

  test('that is a folder', async () => {
    const { code, stdout } = await doctor(undefined, { args: ['--config', '.'] });
    expect(code).toBe(1);
    expect(stdout).toContain('[config.missing]');
  });

  test('of several objects, each of which is looked at', async () => {
    const source = `const { createAuth } = require(${JSON.stringify(ROOT)});
      exports.shop = createAuth(${JSON.stringify(options())});
      exports.admin = require(${JSON.stringify(ROOT)})('wx', 'secret', '', null, null, null, { tokens: 'memory' });`;
    const { code, told, stdout } = await diagnosis(source);
    expect(code).toBe(1);
    expect(told.filter((each) => each.endsWith('config.export'))).toHaveLength(2);
    expect(told).toContain('error options.sku-empty');
    expect(stdout).toContain('sku shop');
  });

  test('that uses another copy of the package', async () => {
    const source = 'module.exports = { auth: { verify() {}, sessions: {} } };';
    expect((await diagnosis(source)).told).toEqual(['error config.other-copy']);
  });

  test('that never comes, and one that holds the thread', async () => {
    const auth = authOf(options());
    const [waits, ...blocks] = await Promise.all([
      diagnosis('module.exports = new Promise(() => {});'),
      diagnosis('for (;;);'),
      diagnosis(`${auth}setTimeout(() => { for (;;); });`),
      diagnosis('module.exports = { get auth() { for (;;); } };'),
    ]);
    expect(waits.told).toEqual(['error config.late']);
    for (const { told } of blocks) expect(told).toContain('error config.blocks');
  });

  test('that ends the process', async () => {
    expect((await diagnosis('process.exit(0);')).told).toEqual(['error config.exits']);
  });

  test('that leaves a server open and fails in the background', async () => {
    const source = `require('net').createServer().listen(0);
      setImmediate(() => Promise.reject(new Error('my own database is away')));
      ${authOf(options())}`;
    const { told, looks } = await diagnosis(source);
    expect(told).toContain('error config.threw-later');
    expect(looks['config.threw-later'].text).toContain('my own database is away');
  });

  test.each([
    ['an auth by name', 'auth.js', authOf(options())],
    ['an auth as the module', 'auth.js', authOf(options()).replace('{ auth: ', '(').replace(' };', ');')],
    ['options', 'auth.js', `module.exports = ${JSON.stringify(options())};`],
    [
      'the arguments of 1.3.2',
      'auth.js',
      `module.exports = ['wx4f4bc4dec97d474b', '${SECRET}', 'shop', null, null, null, { tokens: 'memory', wechat: ${JSON.stringify(NOWHERE)} }];`,
    ],
    ['an ES module', 'auth.mjs', `export default Promise.resolve(${JSON.stringify(options())});`],
  ])('may be %s', async (_what, name, source) => {
    const { looks } = await diagnosis(source, { name });
    expect(Object.keys(looks)).toContain('options.memory');
  });

  test('may print what it likes: JSON stays JSON', async () => {
    const { stdout, stderr } = await doctor("console.log('hello'); module.exports = {};", { args: ['--json'] });
    expect(JSON.parse(stdout).looks.map(({ code }) => code)).toContain('config.nothing');
    expect(stderr).toBe('hello\n');
  });

  test('is looked for where none is named', async () => {
    const cwd = tempDir();
    fs.writeFileSync(path.join(cwd, 'mpauthx.config.js'), 'module.exports = {};');
    expect((await diagnosis(undefined, { cwd })).told).toEqual(['error config.nothing']);
  });
});

test('an argument that it does not know: how it is called', async () => {
  const { code, stdout } = await doctor(undefined, { args: ['--jsn'] });
  expect(code).toBe(1);
  expect(stdout).toMatch(/what is --jsn\?[\s\S]*npx mpauthx doctor/);
  const help = await runNode(path.join(ROOT, 'bin', 'mpauthx.js'), { args: [] });
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('npx mpauthx doctor') });
});
