'use strict';

const { connections, dbExec, isValid, login, rejection, seen, startRedis, until, within } = require('../../support');
const { authorize, contract, newUser, TOKEN, UNKNOWN } = require('./support');

const here = contract();

const OUTAGE = { code: 6000, message: expect.stringMatching(/^Error: ./) };

test('it returns a promise that resolves with nothing', async () => {
  const closing = here.app.close();
  expect(closing).toBeInstanceOf(Promise);
  expect(await closing).toBeUndefined();
});

test('it ends every connection to redis', async () => {
  const server = await startRedis();
  const app = here.open({ db: here.db, tokens: server.url });
  await login(app, here.wechat, 'o1');
  expect(await connections(server.redis)).toBeGreaterThan(1);
  await app.close();
  await until(async () => (await connections(server.redis)) === 1);
});

test('twice, one after the other or at once, it does no harm', async () => {
  await Promise.all([here.app.close(), here.app.close()]);
  expect(await here.app.close()).toBeUndefined();
});

test('it lets what was asked before be answered', async () => {
  const token = await login(here.app, here.wechat, 'o1');
  // A refresh ends the user's tokens: that of a check that is under way had better be another's.
  await login(here.app, here.wechat, 'o3');
  const { encryptedData, iv, code, sessionKey } = here.wechat.user({ openId: 'o2' });
  let answer;
  const asked = new Promise((resolve) => {
    here.wechat.answer(code, (_req, res) => {
      answer = () => res.end(JSON.stringify({ openid: 'o2', session_key: sessionKey }));
      resolve();
    });
  });
  const order = [];
  const note = (name) => (value) => {
    order.push(name);
    return value;
  };
  const pending = here.app.authorize(code, encryptedData, iv).then(note('authorize'));
  await asked;
  const checked = here.app.isTokenValid(token).then(note('isTokenValid'));
  const refreshed = here.app.refreshToken('o3');
  const health = here.app.health();
  const closed = here.app.close().then(note('close'));
  expect(await checked).toBeUndefined();
  expect((await refreshed).response).toMatch(TOKEN);
  expect((await health).tokens).toMatchObject({ ready: true, warnings: [] });
  answer();
  expect((await pending).response).toMatch(/^o2\|shop\|/);
  await closed;
  expect(order).toEqual(['isTokenValid', 'authorize', 'close']);
});

test('it resolves where redis is gone', async () => {
  const server = await startRedis();
  const app = here.open({ db: here.db, tokens: server.url });
  await login(app, here.wechat, 'o1');
  await server.stop();
  await within(15000, app.close(), 'close');
});

test('it resolves at once after the factory', async () => {
  await within(15000, here.open({ db: here.db }).close(), 'close');
});

describe('afterwards', () => {
  let token;
  beforeEach(async () => {
    token = await login(here.app, here.wechat, 'o1');
    await here.app.close();
  });

  test('isTokenValid rejects with undefined', async () => {
    for (const asked of [token, UNKNOWN, 'x', null])
      expect(await rejection(here.app.isTokenValid(asked))).toBeUndefined();
  });

  test('authorize rejects with 6000, and registers nobody', async () => {
    const error = await rejection(authorize(here.app, here.wechat.user({ openId: 'o2' })));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual(OUTAGE);
    expect(await here.users()).toEqual([newUser('o1')]);
  });

  test('authorize still rejects with 6001, 6009 and 6011 before it comes to redis', async () => {
    expect((await rejection(here.app.authorize(null))).code).toBe(6001);
    expect((await rejection(here.app.authorize('unknown', 'x', 'y'))).code).toBe(6011);
    const other = here.wechat.user({ openId: 'o2', extra: { openId: 'o3' } });
    expect((await rejection(authorize(here.app, other))).code).toBe(6009);
  });

  test('refreshToken rejects with 6000, for a user who is not there with 6010, and the token stays', async () => {
    const error = await rejection(here.app.refreshToken('o1'));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual(OUTAGE);
    expect((await rejection(here.app.refreshToken('o2'))).code).toBe(6010);
    expect((await rejection(here.app.refreshToken(null))).code).toBe(6001);
    expect(await isValid(here.open({ db: here.db }), token)).toBe(true);
  });

  test('the handle of the application works on', async () => {
    await dbExec(here.db, "INSERT INTO user (openId) VALUES ('o9')");
    expect(await here.users()).toEqual([newUser('o1'), newUser('o9')]);
  });

  test('extractOpenId and extractSku work on', () => {
    expect(here.app.extractOpenId(token)).toBe('o1');
    expect(here.app.extractSku(token)).toBe('shop');
  });
});
