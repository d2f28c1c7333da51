'use strict';

// What tests have in hand is out of reach for an application that runs, and what they forget to
// close holds up no test run.

const { mpauthx, runNode } = require('../../support');
const native = require('../../../lib/binding.js');
const { readAuthConfig } = require('../../../lib/auth-config.js');

test('nothing of it is loaded by the package and its adapters', async () => {
  const { stdout, stderr } = await runNode(`
    const mpauthx = require('mpauthx');
    for (const name of ['express', 'koa', 'fastify', 'hono', 'web']) require('mpauthx/' + name);
    mpauthx.createAuth({ sku: 'shop', tokens: 'memory' });
    const loaded = Object.keys(require.cache);
    console.log(JSON.stringify([loaded.some((file) => /express/.test(file)), loaded.filter((file) => /testing/.test(file))]));
  `);
  expect({ stderr, found: JSON.parse(stdout) }).toEqual({ stderr: '', found: [true, []] });
});

test.each([
  ['tokens in redis', { tokens: { url: 'redis://127.0.0.1:1', controlled: true } }],
  ['tokens in a file', { tokens: { file: 'tokens.db', controlled: true } }],
  ['all tokens', { tokens: 'memory', controlled: true }],
])('no option of createAuth asks for it: %s', (_name, given) => {
  expect(() => mpauthx.createAuth({ sku: 'shop', ...given })).toThrow(/controlled is not an option/);
});

test.each([
  ['memory', 'memory'],
  ['a redis', 'redis://127.0.0.1:1'],
])('the addon has no such controls for tokens in %s', (_name, tokens) => {
  const { config } = readAuthConfig({ sku: 'shop', tokens });
  const core = new native.Core(config, () => {});
  for (const ask of [() => core.passTime(1), () => core.storeTime(), () => core.setStoreAway(true)]) {
    expect(ask).toThrow('the token store was not made for tests');
  }
  core.mute();
});

test('a kit that nobody closes keeps no process alive', async () => {
  const { code, stdout, stderr } = await runNode(`
    require('mpauthx/testing').createTestAuth().then(async (t) => {
      const { token } = await t.loginAs('alice');
      await t.auth.verify(token);
      t.tokens.fail();
      console.log('done');
    });
  `);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'done\n', stderr: '' });
});
