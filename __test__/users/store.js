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

  test('a user who is forgotten is gone, with all sessions, and nobody else is', async () => {
    const app = service();
    const tokens = [await login(app, wechat, 'o1'), await login(app, wechat, 'o2')];
    expect(await app.forget('o1')).toBe(1);
    expect(await store.ids()).toEqual(['o2']);
    const live = tokens.map(async (token) => (await app.sessions.inspect(token)) !== null);
    expect(await Promise.all(live)).toEqual([false, true]);
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    expect(await app.forget('o1')).toBe(0);
    expect(await app.forget({ openId: 'nobody' })).toBe(0);
    await login(app, wechat, 'o1');
    expect(await store.ids()).toEqual(['o2', 'o1']);
  });

  test('whoever logs in while a user is forgotten, the sessions from before stay dead', async () => {
    const apps = [service(), service()];
    for (let round = 0; round < 5; round += 1) {
      const before = await login(apps[0], wechat, 'o1');
      await atOnce(12, (i) => (i % 4 === 3 ? apps[0].forget('o1') : login(apps[i % 2], wechat, 'o1')));
      const now = await login(apps[0], wechat, 'o1');
      expect([now === before, await apps[0].sessions.inspect(before)]).toEqual([false, null]);
      await apps[0].forget('o1');
      await apps[1].forget('o1');
      expect(await store.ids()).toEqual([]);
    }
  });

  describe('an id is taken literally', () => {
    test('whoever is forgotten, it is nobody else', async () => {
      for (const id of NASTY) await store.register(id);
      const app = service();
      for (const [i, id] of NASTY.entries()) {
        await app.forget(id);
        expect(await store.ids()).toEqual(NASTY.slice(i + 1));
      }
    });

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
