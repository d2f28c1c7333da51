'use strict';

// `forget`: the end of all sessions of a user, in every token store. What user tables do is in
// users/.

const { mpauthx, rejection } = require('../../support');
const { ODD } = require('../../support/odd-values');
const { WRONG, failing, onEveryStore, open } = require('./support');

onEveryStore((here, isShared) => {
  const isLive = async (auth, { token }) => (await auth.sessions.inspect(token)) !== null;

  test('every session of the user ends, in every sku, and nobody else’s', async () => {
    const auth = here.open();
    const other = isShared ? here.open({ sku: 'other' }) : auth;
    const own = [await auth.login(here.code()), await auth.login(here.code()), await other.login(here.code())];
    const foreign = await auth.login(here.code('o2'));
    expect(await auth.forget('o1')).toBe(3);
    for (const login of own) expect(await isLive(login.token.includes('|other|') ? other : auth, login)).toBe(false);
    expect(await isLive(auth, foreign)).toBe(true);
    expect(await auth.forget('o1')).toBe(0);
  });

  test('by the openid it is the user whose id that is', async () => {
    const auth = here.open();
    await auth.login(here.code());
    expect(await auth.forget({ openId: 'o2' })).toBe(0);
    expect(await auth.forget({ openId: 'o1' })).toBe(1);
  });

  test('a session that ended, or was rotated, does not come again', async () => {
    const auth = here.open();
    const { token } = await auth.login(here.code());
    const { token: newer } = await auth.sessions.rotate(token, { grace: 60 });
    await auth.forget('o1');
    for (const each of [token, newer]) {
      expect(await rejection(auth.verify(each))).toMatchObject(failing(6007, 401));
      expect(await rejection(auth.sessions.rotate(each))).toMatchObject(failing(6007, 401));
    }
  });
});

test('where the application says who a user is, it maps the openid', async () => {
  const auth = open({ resolveUser: async ({ openId }) => `user-${openId}` });
  const { token } = await auth.sessions.issue('user-o1');
  const error = await rejection(auth.forget({ openId: 'o1' }));
  expect(error).toMatchObject({ ...WRONG, message: expect.stringMatching(/resolveUser.*openId/) });
  expect(await auth.forget('user-o1')).toBe(1);
  expect(await rejection(auth.verify(token))).toMatchObject(failing(6007, 401));
});

test('what names nobody is refused', async () => {
  const auth = open();
  for (const make of ODD.filter((each) => typeof each() !== 'string')) {
    const value = make();
    if (typeof value === 'number' || typeof value === 'bigint') continue;
    expect(await rejection(auth.forget(value))).toMatchObject(WRONG);
  }
  for (const openId of [undefined, null, '', 7, {}, [], 'o|1', 'o 1']) {
    expect(await rejection(auth.forget({ openId }))).toMatchObject(WRONG);
  }
  expect(await rejection(auth.forget({ openID: 'o1' }))).toMatchObject({
    ...WRONG,
    message: expect.stringMatching(/openID/),
  });
  for (const id of ['', 'o|1', 'o 1', '字']) expect(await rejection(auth.forget(id))).toMatchObject(WRONG);
});

test('a closed object forgets nobody', async () => {
  const auth = open();
  await auth.close();
  expect(await rejection(auth.forget('o1'))).toMatchObject(failing(6000, 503));
});

test('the factory has it too', async () => {
  const app = mpauthx(null, null, 'shop', null, null, null, { tokens: 'memory' });
  expect(await app.forget('o1')).toBe(0);
  await app.close();
});
