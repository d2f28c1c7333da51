'use strict';

const path = require('node:path');
const { createApp, drivers, registeredIds, rejection, seen, tempDir, USER_TABLE } = require('../../support');
const { MESSAGE, strictWeChat } = require('./support');

const here = strictWeChat();

/** User tables, each with `ids()`. */
const STORES = {
  'a path': async () => {
    const file = path.join(tempDir(), 'users.db');
    const own = await drivers.sqlite3(file);
    await own.exec(USER_TABLE);
    return { db: file, ids: idsOf(own) };
  },
  'a handle': async () => {
    const own = await drivers.sqlite3(':memory:');
    await own.exec(USER_TABLE);
    return { db: own.db, ids: idsOf(own) };
  },
  "the application's own": async () => {
    const users = new Set();
    return { db: { has: (id) => users.has(id), add: (id) => users.add(id) }, ids: async () => [...users] };
  },
};

const idsOf = (own) => () => registeredIds(own);

describe.each(Object.keys(STORES))('the user of a login, in %s', (name) => {
  let store;
  let app;
  beforeEach(async () => {
    store = await STORES[name]();
    app = createApp({ wechat: here.wechat, db: store.db });
  });

  /** Logs in by code alone. */
  const login = async (openId, unionId) => {
    const { token, isNewUser } = await app.login(here.code(openId, { unionId }));
    return { userId: app.extractOpenId(token), isNewUser, token };
  };

  /** Logs in as 1.3.2's clients do. */
  const authorize = async (openId, unionId) => {
    const { code, encryptedData, iv } = here.wechat.user({ openId, unionId });
    return (await app.authorize(code, encryptedData, iv)).response;
  };

  test('is the openid where WeChat names no unionid', async () => {
    expect(await login('o1')).toMatchObject({ userId: 'o1', isNewUser: true });
    expect(await store.ids()).toEqual(['o1']);
  });

  test('is the unionid where WeChat names one', async () => {
    expect(await login('o1', 'u1')).toMatchObject({ userId: 'u1', isNewUser: true });
    expect(await login('o1', 'u1')).toMatchObject({ userId: 'u1', isNewUser: false });
    expect(await store.ids()).toEqual(['u1']);
  });

  test('stays who authorize registered', async () => {
    const token = await authorize('o1');
    expect(await login('o1')).toEqual({ userId: 'o1', isNewUser: false, token });
    const other = await authorize('o2', 'u2');
    expect(await login('o2', 'u2')).toEqual({ userId: 'u2', isNewUser: false, token: other });
    expect(await store.ids()).toEqual(['o1', 'u2']);
  });

  test('stays the openid that authorize registered when the app is bound to an open platform', async () => {
    const token = await authorize('o1');
    expect(await login('o1', 'u1')).toEqual({ userId: 'o1', isNewUser: false, token });
    expect(await login('o1', 'u1')).toEqual({ userId: 'o1', isNewUser: false, token });
    expect(await store.ids()).toEqual(['o1']);
  });

  test('stays the openid that a login registered when the app is bound to an open platform', async () => {
    const { token } = await login('o1');
    expect(await login('o1', 'u1')).toEqual({ userId: 'o1', isNewUser: false, token });
    expect(await store.ids()).toEqual(['o1']);
  });

  test('who comes after the binding is the unionid', async () => {
    await login('o1');
    expect(await login('o2', 'u2')).toMatchObject({ userId: 'u2', isNewUser: true });
    expect(await store.ids()).toEqual(['o1', 'u2']);
  });

  test('is the unionid where both have a row', async () => {
    await login('o1');
    await app.sessions.issue('u1');
    expect(await login('o1', 'u1')).toMatchObject({ userId: 'u1', isNewUser: false });
    expect(await store.ids()).toEqual(['o1', 'u1']);
  });

  test('of two mini-programs on one open platform is one', async () => {
    await login('o1-here', 'u1');
    expect(await login('o1-there', 'u1')).toMatchObject({ userId: 'u1', isNewUser: false });
    expect(await store.ids()).toEqual(['u1']);
  });

  test('first logins at once with a unionid make one user', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => login('o1', 'u1')));
    expect(new Set(all.map(({ token }) => token)).size).toBe(1);
    expect(await store.ids()).toEqual(['u1']);
  });
});

describe("WeChat's reply", () => {
  const told = (reply) => {
    const code = here.code();
    here.wechat.answer(code, reply);
    return code;
  };

  test.each([null, '', 5, true, {}, ['u1']])('with %j for the unionid names none', async (unionid) => {
    const app = here.open();
    const { token } = await app.login(told({ openid: 'o1', session_key: 'k', unionid }));
    expect(app.extractOpenId(token)).toBe('o1');
  });

  test.each([undefined, null, '', 5, {}, ['o1']])('with %j for the openid is 6008', async (openid) => {
    const error = await rejection(here.open().login(told({ openid, session_key: 'k' })));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6008, message: MESSAGE, retryable: false });
  });

  test.each(["o'; DROP TABLE user; --", 'o%', 'O1', 'o"', '[o]1', '用户', 'o 1', '\ud83d\udc3c'])(
    'with the openid %j is taken literally',
    async (openId) => {
      const app = here.open();
      const { token } = await app.login(here.code(openId));
      expect(token.slice(0, -65)).toBe(`${openId}|shop`);
      expect((await app.login(here.code('o1'))).token).not.toBe(token);
    },
  );
});
