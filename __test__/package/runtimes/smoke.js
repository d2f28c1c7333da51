'use strict';

// What the package is for, once through, on whatever runtime this is run by: with users in a file,
// and tokens in every kind of store. Prints one line of JSON. Arguments: the folder of the package,
// the URL of a redis, key and certificate for https.

const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { startFakeWeChat, sample } = require('../../../lib/testing/fake-wechat');

const [folder, redis, key, cert] = process.argv.slice(2);

const before = process.hrtime.bigint();
const mpauthx = require(folder);
const loadMs = Number(process.hrtime.bigint() - before) / 1e6;

async function main() {
  const wechat = await startFakeWeChat({ tls: { key: fs.readFileSync(key), cert: fs.readFileSync(cert) } });
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'mpauthx-smoke-'));
  const stores = ['memory', { file: path.join(data, 'tokens.db') }, redis];
  for (const tokens of stores) await live(wechat, path.join(data, 'users.db'), tokens);
  fs.rmSync ? fs.rmSync(data, { recursive: true }) : fs.rmdirSync(data, { recursive: true });
  console.log(JSON.stringify({ runtime: runtime(), stores: stores.length, loadMs }));
}

async function live(wechat, users, tokens) {
  const sku = `smoke-${process.pid}`;
  const auth = mpauthx(sample.appId, 'app-secret', sku, users, null, '60', {
    tokens,
    createTable: true,
    wechat: { endpoint: wechat.endpoint },
  });
  const { code, encryptedData, iv } = wechat.sample();
  const first = await auth.authorize(code, encryptedData, iv);
  const token = first.response;
  assert.deepStrictEqual(first, { status_code: 1, status_message: 'OK', response: token });
  assert.strictEqual(auth.extractOpenId(token), sample.unionId);
  assert.strictEqual(auth.extractSku(token), sku);
  assert.strictEqual(await auth.isTokenValid(token), undefined);

  const { code: again } = wechat.sample();
  assert.strictEqual((await auth.login(again)).token, token);
  assert.strictEqual((await auth.sessions.list(sample.unionId)).length, 1);

  const fresh = (await auth.refreshToken(sample.unionId)).response;
  assert.strictEqual(await refusal(auth.isTokenValid(token)), undefined);
  await auth.isTokenValid(fresh);
  // Many at a time, which go another way through the addon than one.
  await Promise.all(Array.from({ length: 100 }, () => auth.isTokenValid(fresh)));

  const unknown = await refusal(auth.refreshToken('nobody'));
  assert(unknown instanceof Error);
  assert.strictEqual(unknown.code, auth.constants.statusCode.userNotExistInDB);

  const { tokens: store, users: table } = await auth.health();
  assert.deepStrictEqual([store.ready, table.ready], [true, true]);
  await auth.close();
}

function refusal(promise) {
  return promise.then(
    () => assert.fail('it resolved'),
    (reason) => reason,
  );
}

function runtime() {
  const { bun, deno, node } = process.versions;
  if (bun) return `bun ${bun}`;
  return deno ? `deno ${deno}` : `node ${node}`;
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
