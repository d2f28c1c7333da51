// `npm run demo`: builds the addon and shows a login from end to end, with WeChat's official sample
// data, a fake WeChat on loopback and a SQLite file. Tokens are kept in memory, or with
// `--redis redis://…` in that redis.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, installRoot, main, root } from './run.mjs';

const require = createRequire(import.meta.url);
const { startFakeWeChat, sample } = require('./fake-wechat');

// Short, so that a redis is soon as it was; and a sku of each run's own, so that no run meets the
// tokens of another.
const TTL_SECONDS = 60;
const SKU = `demo-${randomBytes(3).toString('hex')}`;

main(async () => {
  const { values } = parseArgs({ options: { redis: { type: 'string' } } });
  await installRoot();
  await build();

  const folder = mkdtempSync(path.join(tmpdir(), 'mpauthx-demo-'));
  const wechat = await startFakeWeChat();
  try {
    await demo({ wechat, file: path.join(folder, 'users.db'), tokens: values.redis ?? 'memory' });
  } finally {
    await wechat.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function demo({ wechat, file, tokens }) {
  const mpauthx = require(root);
  console.log(`\nmpauthx ${require('../package.json').version}`);
  console.log(`  users    ${file}`);
  console.log(`  tokens   ${tokens === 'memory' ? 'in memory' : 'in redis'}`);
  console.log(`  WeChat   ${wechat.endpoint}, a fake one that knows the official sample\n`);

  const auth = mpauthx(sample.appId, 'app-secret', SKU, file, null, TTL_SECONDS, {
    tokens,
    createTable: true,
    wechat: { endpoint: wechat.endpoint },
  });
  const login = () => {
    const { code, encryptedData, iv } = wechat.sample();
    return auth.authorize(code, encryptedData, iv);
  };

  const first = await login();
  expect(first.status_code === 1 && first.status_message === 'OK', 'authorize did not answer OK');
  const token = first.response;
  const userId = auth.extractOpenId(token);
  expect(userId === sample.unionId, 'the token does not carry the unionId of the sample');
  show('a user logs in', 'authorize(code, encryptedData, iv)', short(token));

  expect(await isValid(auth, token), 'the new token is not valid');
  show('the token is valid', 'isTokenValid(token)', 'resolves');

  expect((await login()).response === token, 'the second login gave another token');
  show('a second login', 'authorize(code, encryptedData, iv)', 'the same token');

  const fresh = (await auth.refreshToken(userId)).response;
  expect(fresh !== token, 'refreshToken gave the old token');
  show('the token is replaced', 'refreshToken(userId)', short(fresh));

  expect(!(await isValid(auth, token)), 'the old token is still valid');
  expect(await isValid(auth, fresh), 'the replacing token is not valid');
  show('the old one is refused', 'isTokenValid(oldToken)', 'rejects with undefined');

  const byCode = await auth.login(wechat.sample().code, { device: 'phone' });
  expect(byCode.response === fresh && !byCode.isNewUser, 'the login by code alone is not the same user');
  show('a login by code alone', 'login(code, { device })', 'the same token');

  const [listed, ...more] = await auth.sessions.list(userId);
  expect(listed.token === fresh && listed.device === 'phone' && more.length === 0, 'the session is not listed');
  show('sessions can be seen', 'sessions.list(userId)', `one, on ${listed.device}`);

  const rotated = (await auth.sessions.rotate(fresh)).response;
  expect((await isValid(auth, rotated)) && (await isValid(auth, fresh)), 'a token is not valid in its grace');
  show('a token is rotated', 'sessions.rotate(token)', short(rotated));

  expect(await auth.sessions.revoke(rotated), 'there was no session to end');
  expect(!(await isValid(auth, rotated)) && !(await isValid(auth, fresh)), 'the session lives on');
  show('the session is ended', 'sessions.revoke(token)', 'both tokens are refused');

  const { userNotExistInDB } = auth.constants.statusCode;
  const refusal = await auth.refreshToken('nobody').then(
    () => undefined,
    (error) => error,
  );
  expect(refusal?.code === userNotExistInDB, `refreshToken of an unknown user did not reject with ${userNotExistInDB}`);
  show('an unknown user', "refreshToken('nobody')", `rejects with ${refusal.code}, ${refusal.message}`);

  await auth.close();
  show('the end', 'close()', 'resolves');

  expect(readFileSync(file).includes(userId), 'the user is not in the SQLite file');
  show('the user has a row', path.basename(file), `openId ${userId}`);

  if (tokens !== 'memory') {
    console.log(
      `\n  Left in redis: mpauthx:adopted:${SKU} and mpauthx:skus. All else there ends by itself within ${TTL_SECONDS} s.`,
    );
  }
  console.log('\n✓ Everything went as it should.');
}

/** An invalid token is a rejection with undefined; any other rejection is a failure of the demo. */
async function isValid(auth, token) {
  try {
    await auth.isTokenValid(token);
    return true;
  } catch (error) {
    if (error !== undefined) throw error;
    return false;
  }
}

function expect(condition, complaint) {
  if (!condition) throw new Error(`demo: ${complaint}`);
}

function show(what, call, result) {
  console.log(`  ${what.padEnd(23)} ${call.padEnd(35)} → ${result}`);
}

function short(token) {
  const [user, sku, hex] = token.split('|');
  return `${user.slice(0, 8)}…|${sku}|${hex.slice(0, 8)}…`;
}
