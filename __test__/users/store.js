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

/** What WeChat may say of a user. */
const BAND = {
  nickName: 'Band',
  gender: 1,
  language: 'zh_CN',
  city: 'Guangzhou',
  province: 'Guangdong',
  country: 'CN',
};
const WANG = { nickName: '老王', gender: 2, language: 'en', city: '广州', province: '广东', country: '中国' };

/** A profile whose fields all tell which one it is. */
const numbered = (n) => ({
  ...Object.fromEntries(Object.keys(BAND).map((field) => [field, `${field} ${n}`])),
  gender: n,
});

/**
 * What every user store holds, on whatever database, asked through the public API.
 *
 * @param open makes an empty store: `db` and `options` for the factory, and to look at it from
 *   outside `ids()` in their order, `register(...ids)`, `forget(id)`, and `profileOf(id)`, the
 *   fields that are kept
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

  const service = (options) => createApp({ wechat, db: store.db, options: { ...store.options, ...options } });

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
  });

  test('a user whom the application deletes is gone at once', async () => {
    const app = service();
    await login(app, wechat, 'o1');
    await store.forget('o1');
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
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

  describe('what WeChat says of a user', () => {
    const keeping = () => service({ profile: true });

    test.each([undefined, false])('is not kept with profile: %p', async (profile) => {
      const app = service({ profile });
      await login(app, wechat, 'o1', BAND);
      await login(app, wechat, 'o1', WANG);
      expect(await store.ids()).toEqual(['o1']);
      expect(await store.profileOf('o1')).toEqual({});
    });

    test('is kept when they are registered', async () => {
      await login(keeping(), wechat, 'o1', BAND);
      expect(await store.ids()).toEqual(['o1']);
      expect(await store.profileOf('o1')).toEqual(BAND);
    });

    test('is kept of a user whom the application has registered', async () => {
      await store.register('o1');
      await login(keeping(), wechat, 'o1', BAND);
      expect(await store.ids()).toEqual(['o1']);
      expect(await store.profileOf('o1')).toEqual(BAND);
    });

    test('is kept by a later login that finds a live token', async () => {
      const app = keeping();
      const token = await login(app, wechat, 'o1', BAND);
      expect(await login(app, wechat, 'o1', WANG)).toBe(token);
      expect(await store.profileOf('o1')).toEqual(WANG);
      expect(await login(app, wechat, 'o1', BAND)).toBe(token);
      expect(await store.profileOf('o1')).toEqual(BAND);
      expect(await store.ids()).toEqual(['o1']);
    });

    test('is kept by a later login that issues a token', async () => {
      await login(keeping(), wechat, 'o1', BAND);
      await login(keeping(), wechat, 'o1', WANG);
      expect(await store.profileOf('o1')).toEqual(WANG);
      expect(await store.ids()).toEqual(['o1']);
    });

    test('is kept of a user whom the application has deleted, who is registered again', async () => {
      const app = keeping();
      const token = await login(app, wechat, 'o1', BAND);
      await store.forget('o1');
      expect(await login(app, wechat, 'o1', WANG)).toBe(token);
      expect(await store.ids()).toEqual(['o1']);
      expect(await store.profileOf('o1')).toEqual(WANG);
    });

    test('is kept of whoever logs in, and of nobody else', async () => {
      const app = keeping();
      await login(app, wechat, 'o1', BAND);
      await login(app, wechat, 'o2', WANG);
      await login(app, wechat, 'o2', { ...WANG, city: 'Foshan' });
      expect(await store.profileOf('o1')).toEqual(BAND);
      expect(await store.profileOf('o2')).toEqual({ ...WANG, city: 'Foshan' });
    });

    test('stays through a refresh, and through a login without the option', async () => {
      const app = keeping();
      await login(app, wechat, 'o1', BAND);
      await refresh(app, 'o1');
      await login(service(), wechat, 'o1', WANG);
      expect(await store.profileOf('o1')).toEqual(BAND);
    });

    test('may leave fields out, or be null: those stay; empty text and zero are kept', async () => {
      const app = keeping();
      await login(app, wechat, 'o1', BAND);
      await login(app, wechat, 'o1', { ...WANG, nickName: undefined, gender: null, city: '', country: null });
      const { language, province } = WANG;
      expect(await store.profileOf('o1')).toEqual({ ...BAND, language, province, city: '' });
      await login(app, wechat, 'o1', { gender: 0, nickName: undefined });
      expect(await store.profileOf('o1')).toMatchObject({ gender: 0, nickName: 'Band' });
    });

    test('may be nothing: the user is registered all the same', async () => {
      const nothing = Object.fromEntries(Object.keys(BAND).map((field) => [field, undefined]));
      const app = keeping();
      await login(app, wechat, 'o1', nothing);
      expect(await store.ids()).toEqual(['o1']);
      expect(await store.profileOf('o1')).toEqual({});
      await login(app, wechat, 'o1', BAND);
      await login(app, wechat, 'o1', nothing);
      expect(await store.profileOf('o1')).toEqual(BAND);
    });

    test('may be of other kinds than WeChat documents: that is not kept, and harms nobody', async () => {
      const app = keeping();
      await login(app, wechat, 'o1', BAND);
      const odd = { nickName: { a: 1 }, city: ['x'], country: true, gender: 'female', province: 5, language: [] };
      await login(app, wechat, 'o1', odd);
      expect(await store.profileOf('o1')).toEqual(BAND);
    });

    test('is taken literally, whatever it holds', async () => {
      const app = keeping();
      for (const text of [...NASTY, 'a\nb', ' ', 'Band', 'band', 'BAND ']) {
        await login(app, wechat, 'o1', { ...BAND, nickName: text, city: `${text} city` });
        expect(await store.profileOf('o1')).toEqual({ ...BAND, nickName: text, city: `${text} city` });
      }
      expect(await store.ids()).toEqual(['o1']);
    });

    test('is what one of them said, whole, when several log in at once', async () => {
      const apps = [keeping(), keeping(), keeping(), keeping()];
      const said = Array.from({ length: 20 }, (_, n) => numbered(n));
      await atOnce(20, (i) => login(apps[i % 4], wechat, 'o1', said[i]));
      expect(await store.ids()).toEqual(['o1']);
      expect(said).toContainEqual(await store.profileOf('o1'));
      await login(apps[0], wechat, 'o1', BAND);
      expect(await store.profileOf('o1')).toEqual(BAND);
    });
  });
}

module.exports = { userStore, BAND, WANG };
