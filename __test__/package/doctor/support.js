'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, runNode, sample, tempDir } = require('../../support');
const { CODES } = require('../../../lib/doctor/words');

const BIN = path.join(ROOT, 'bin', 'mpauthx.js');

/** As WeChat's look, and easy to find in what is printed. */
const SECRET = 'fedcba9876543210fedcba9876543210';

/** An environment without what the machine that runs the tests has set. */
const BARE = {
  NODE_EXTRA_CA_CERTS: undefined,
  HTTPS_PROXY: undefined,
  https_proxy: undefined,
  LC_ALL: undefined,
  LC_MESSAGES: undefined,
  LANG: 'en_US.UTF-8',
};

/** The source of a module that exports an auth made of options. */
const authOf = (options) =>
  `const { createAuth } = require(${JSON.stringify(ROOT)});
  module.exports = { auth: createAuth(${JSON.stringify(options)}) };\n`;

/** The same for the positional arguments of 1.3.2. */
const listOf = (...list) => `module.exports = ${JSON.stringify(list)};\n`;

/** A port on which nobody listens. */
const NOWHERE = { endpoint: 'http://127.0.0.1:1' };

/** Options with which all is well, but for what is given and that WeChat is away. */
const options = (given) => ({
  appId: sample.appId,
  secret: SECRET,
  sku: 'shop',
  tokens: 'memory',
  wechat: NOWHERE,
  ...given,
});

/** What is to be filled in. */
const namesIn = (templates) => [...templates.join().matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

/** Runs the doctor in a folder with the module `auth.js`: { code, stdout, stderr }. */
function doctor(source, { args = [], env = {}, cwd = tempDir(), name = 'auth.js', bin = BIN, ...others } = {}) {
  if (source !== undefined) fs.writeFileSync(path.join(cwd, name), source);
  const named = source === undefined ? [] : ['--config', name];
  return runNode(bin, { args: ['doctor', ...named, ...args], cwd, env: { ...BARE, ...env }, ...others });
}

/**
 * What the doctor has to say that is not 'ok': `{ code, looks, told }`, where `told` are lines of
 * status and code, and `looks` each by its code. Where something is to be mended the exit is 1, and
 * each error and warning says what to do.
 */
async function diagnosis(source, given) {
  const { code, stdout, stderr } = await doctor(source, { ...given, args: ['--json', ...(given?.args ?? [])] });
  expect(stderr).toBe('');
  const { ok, looks, errors } = JSON.parse(stdout);
  expect({ code, ok }).toEqual({ code: errors === 0 ? 0 : 1, ok: errors === 0 });
  for (const { status, advice, text, values, code: of } of looks) {
    expect(Object.keys(values)).toEqual(expect.arrayContaining(namesIn(CODES[of].en)));
    expect(text).not.toContain('[object');
    if (status === 'error' || status === 'warning') expect(advice).toMatch(/\S/);
  }
  expect(stdout).not.toContain(SECRET);
  const told = looks.filter(({ status }) => status !== 'ok').map(({ status, code: what }) => `${status} ${what}`);
  const byCode = Object.fromEntries(looks.map((look) => [look.code, look]));
  return { code, told, looks: byCode, stdout };
}

module.exports = { authOf, diagnosis, doctor, listOf, NOWHERE, options, SECRET };
