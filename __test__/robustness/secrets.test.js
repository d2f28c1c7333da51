'use strict';

const path = require('node:path');
const { inspect } = require('node:util');
const { runNode } = require('../support');
const { SECRETS, setUp } = require('./failures');

/** All that can be read from an error, by whatever prints it. */
function everything(error) {
  const own =
    error instanceof Error ? Object.getOwnPropertyNames(error).map((name) => [name, String(error[name])]) : [];
  return [
    String(error),
    error?.stack,
    JSON.stringify(error),
    inspect(error, { depth: null, showHidden: true }),
    ...own.flat(),
  ];
}

/** The names of the secrets that stand in a text, as they are or as a URL or base64 holds them. */
function secretsIn(text) {
  const forms = (value) => [value, encodeURIComponent(value), Buffer.from(value).toString('base64').slice(0, -4)];
  return Object.entries(SECRETS)
    .filter(([, value]) => forms(value).some((form) => text.includes(form)))
    .map(([name]) => name);
}

test('no error holds a secret, a token or user data, whatever fails', async () => {
  const leaks = {};
  const failed = [];
  for (const [name, fail] of Object.entries(await setUp())) {
    const outcome = await (async () => fail())().then(
      (value) => ({ value }),
      (error) => ({ error }),
    );
    if ('error' in outcome) failed.push(name);
    else throw new Error(`${name} was to fail, and ended with ${inspect(outcome.value)}`);
    const found = secretsIn(everything(outcome.error).join('\n'));
    if (found.length > 0) leaks[name] = [found, outcome.error.message];
  }
  expect(leaks).toEqual({});
  expect(failed.length).toBeGreaterThan(30);
}, 60000);

test('the search finds a secret wherever it stands', () => {
  for (const [name, value] of Object.entries(SECRETS)) {
    const hidden = Object.defineProperty(new Error('x'), 'cause', { value: { deep: [value] }, enumerable: false });
    for (const error of [new Error(value), hidden, Object.assign(new Error('x'), { url: encodeURIComponent(value) })]) {
      expect(secretsIn(everything(error).join('\n'))).toContain(name);
    }
  }
});

test('nothing is printed, whatever fails and however much is asked to be told', async () => {
  const env = { RUST_LOG: 'trace', RUST_BACKTRACE: 'full', DEBUG: undefined, NODE_DEBUG: undefined };
  const { code, stdout, stderr } = await runNode(path.join(__dirname, 'fail.js'), { env, timeout: 60000 });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'done', stderr: '' });
}, 70000);
