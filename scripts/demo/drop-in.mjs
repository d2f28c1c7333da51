// The demo's old door: the functions of 1.3.2 with a SQLite file of users, and what stands beside
// them.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../run.mjs';
import { expect, heading, short, show } from './show.mjs';

const require = createRequire(import.meta.url);
const { sample } = require('../../lib/testing/fake-wechat');

export async function showDropIn({ wechat, folder, tokens, ttl, sku }) {
  const mpauthx = require(root);
  const file = path.join(folder, 'users.db');
  heading('mpauthx(appId, secret, sku, db, …): as with 1.3.2');

  const auth = mpauthx(sample.appId, 'app-secret', sku, file, null, ttl, {
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
  expect(byCode.token === fresh && !byCode.isNewUser, 'the login by code alone is not the same user');
  show('a login by code alone', 'login(code, { device })', 'the same token');

  const [listed, ...more] = await auth.sessions.list(userId, { current: fresh });
  expect(listed.current && listed.device === 'phone' && more.length === 0, 'the session is not listed');
  show('sessions can be seen', 'sessions.list(userId)', `one, on ${listed.device}`);

  const rotated = (await auth.sessions.rotate(fresh)).token;
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
