'use strict';

// The paths by which the package is loaded, as it is published.

const fs = require('node:fs');
const path = require('node:path');
const { runNode, tempDir } = require('../support');
const { layOut } = require('./install/registry');

let cwd;
beforeAll(() => {
  cwd = tempDir();
  for (const { name, folder } of layOut()) {
    fs.cpSync(folder, path.join(cwd, 'node_modules', name), { recursive: true });
  }
});

/** What a program prints that stands beside the installed package. */
async function printed(name, program) {
  const file = path.join(cwd, name);
  fs.writeFileSync(file, program);
  const { code, stdout, stderr } = await runNode(file, { cwd, args: [] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const ADAPTERS = ['express', 'koa', 'fastify', 'hono', 'web'];

test('every path by which CommonJS may have required it is there still', async () => {
  const paths = ['index', 'index.js', 'core/constants', 'core/constants.js', 'package.json'];
  const deep = ['lib/errors', 'lib/errors.js', 'native', 'native.js', ...ADAPTERS];
  const found = await printed(
    'all.js',
    `const found = {};
    for (const name of ${JSON.stringify([...paths, ...deep])}) found[name] = typeof require('mpauthx/' + name);
    const mpauthx = require('mpauthx');
    found.same = [require('mpauthx/index'), require('mpauthx/index.js'), mpauthx.default].every((one) => one === mpauthx);
    found.statusCode = require('mpauthx/core/constants').statusCode === mpauthx.statusCode;
    console.log(JSON.stringify(found));`,
  );
  const { same, statusCode, ...types } = found;
  expect({ same, statusCode }).toEqual({ same: true, statusCode: true });
  expect(Object.keys(types)).toEqual([...paths, ...deep]);
  for (const type of Object.values(types)) expect(['function', 'object']).toContain(type);
});

test('an ES module imports by name', async () => {
  const found = await printed(
    'all.mjs',
    `import mpauthx, { createAuth, MpauthxError, statusCode } from 'mpauthx';
    import { statusCode as same } from 'mpauthx/core/constants';
    import * as express from 'mpauthx/express';
    const auth = createAuth({ sku: 'shop', tokens: 'memory' });
    const { token } = await auth.sessions.issue('o1');
    const { userId } = await auth.verify(token);
    const error = await auth.verify('garbage').catch((reason) => reason);
    await auth.close();
    console.log(JSON.stringify([
      userId, error instanceof MpauthxError, error.code === statusCode.invalidAccessToken, same === statusCode,
      typeof mpauthx, mpauthx.createAuth === createAuth, Object.keys(express).includes('guard'),
    ]));`,
  );
  expect(found).toEqual(['o1', true, true, true, 'function', true, true]);
});
