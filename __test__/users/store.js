'use strict';

const { atOnce, createApp, login, refresh, rejection, startFakeWeChat } = require('../support');

const NASTY = [
  "o'b",
  "''",
  '"o"',
  '`o`',
  '%',
  '_',
  'o%',
  '\\',
  "\\'",
  "x' OR '1'='1",
  "x'); DROP TABLE user; --",
  '?',
  '?1',
  ':id',
  '@id',
  '$1',
  '0',
  '1e3',
  'NULL',
  'a b',
  '用户',
  '\u{1f600}',
];

/**
 * What every user store holds, on whatever database, asked through the public API.
 *
 * @param open makes an empty store: `db` and `options` for the factory, and to look at it from
 *             outside `ids()` in their order, `register(...ids)` and `forget(id)`
 */
function userStore(open) {
  let wechat;
  let store;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });
  beforeEach(async () => {
    store = await open();
  });

  const service = () => createApp({ wechat, db: store.db, options: store.options });

  test('a first login registers the user, later ones do not', async () => {
    const app = service();
    await login(app, wechat, 'o1');
    await login(app, wechat, 'o1');
    await login(service(), wechat, 'o1');
    await refresh(app, 'o1');
    expect(await store.ids()).toEqual(['o1']);
  });

  test('20 first logins at once, through four objects, register one user', async () => {
    const apps = [service(), service(), service(), service()];
    for (const user of ['o1', 'o2', 'o3']) await atOnce(20, (i) => login(apps[i % 4], wechat, user));
    expect(await store.ids()).toEqual(['o1', 'o2', 'o3']);
  });

  test('users whose first logins come together are all registered', async () => {
    const app = service();
    await atOnce(20, (i) => login(app, wechat, `o${i}`));
    expect((await store.ids()).sort()).toEqual(Array.from({ length: 20 }, (_, i) => `o${i}`).sort());
  });

  test('a refresh of a user who is not there rejects with 6010 and registers nobody', async () => {
    const error = await rejection(service().refreshToken('o1'));
    expect(error).toMatchObject({ code: 6010, message: 'Cannot find such user in DB' });
    expect(await store.ids()).toEqual([]);
  });

  test('a user whom the application registers is there at once', async () => {
    const app = service();
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    await store.register('o1');
    expect(await refresh(app, 'o1')).toMatch(/^o1\|/);
    await login(service(), wechat, 'o1');
    expect(await store.ids()).toEqual(['o1']);
  });

  test('a user whom the application deletes is gone at once', async () => {
    const app = service();
    await login(app, wechat, 'o1');
    await store.forget('o1');
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
  });

  test('a user whom the application deletes is registered again by a login that finds no live token', async () => {
    const app = service();
    const token = await login(app, wechat, 'o1');
    await store.forget('o1');
    expect(await login(app, wechat, 'o1')).toBe(token);
    expect(await store.ids()).toEqual([]);
    await login(service(), wechat, 'o1');
    expect(await store.ids()).toEqual(['o1']);
  });

  describe('an id is taken literally', () => {
    test('whatever it holds, it is registered as it is, and found again', async () => {
      const app = service();
      for (const id of NASTY) await login(app, wechat, id);
      expect(await store.ids()).toEqual(NASTY);
      for (const id of NASTY) expect((await refresh(app, id)).slice(0, -64)).toBe(`${id}|shop|`);
      expect(await store.ids()).toEqual(NASTY);
    });

    test.each(['user1', 'USER1', 'User_', 'User%', '%', 'User1 ', ' User1', 'User1\0', 'User1\0x', "User1' OR '1'='1"])(
      '%j does not match User1',
      async (id) => {
        await store.register('User1');
        const app = service();
        expect(await rejection(app.refreshToken(id))).toMatchObject({ code: 6010 });
        expect(await refresh(app, 'User1')).toMatch(/^User1\|/);
      },
    );
  });
}

module.exports = { userStore };
