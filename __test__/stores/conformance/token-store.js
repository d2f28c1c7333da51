'use strict';

const {
  atOnce,
  createApp,
  everybody,
  isValid,
  liveOf,
  login,
  refresh,
  rejection,
  startFakeWeChat,
  until,
} = require('../../support');
const { sharedStore, privateStore } = require('./token-sharing');

const HEX = /^[0-9a-f]{64}$/;
const IDS = ['a', 'ab', 'a*', 'a?', '[ab]', 'a\\*', 'a b', "o'b", 'a}b', '{a}', '用户'];
const SKUS = ['', 's', 's*', 's?', '[s]', 's\\', 's u', 's}u', '{s}', '微信', 's|u', '|'];

/**
 * What every token store holds, asked through the public API.
 *
 * @param tokens gives the option `tokens` of an empty store
 * @param shared whether two objects with the same option see the same tokens
 * @param db     gives a user table in which o1 to o5 stand
 */
function tokenStore(tokens, { shared, db = everybody }) {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  const open = (given) => createApp({ wechat, tokens: tokens(), db: db(), ...given });

  describe('a login', () => {
    test('issues a token that is valid, and the next logins give the same', async () => {
      const app = open();
      const token = await login(app, wechat, 'o1');
      expect(token.slice(0, -64)).toBe('o1|shop|');
      expect(token.slice(-64)).toMatch(HEX);
      expect(await isValid(app, token)).toBe(true);
      expect(await login(app, wechat, 'o1')).toBe(token);
      expect(await login(app, wechat, 'o1')).toBe(token);
    });

    test('gives another user a token of their own', async () => {
      const app = open();
      const [first, second] = [await login(app, wechat, 'o1'), await login(app, wechat, 'o2')];
      expect(second).toMatch(/^o2\|/);
      expect(second.slice(-64)).not.toBe(first.slice(-64));
      expect(await login(app, wechat, 'o1')).toBe(first);
    });

    test('does not prolong the life of the token it finds', async () => {
      const app = open({ ttl: 2 });
      const token = await login(app, wechat, 'o1');
      await until(async () => (await login(app, wechat, 'o1')) !== token, 15000);
      expect(await isValid(app, token)).toBe(false);
    });
  });

  describe('a refresh', () => {
    test('ends the token and issues one that the next login gives', async () => {
      const app = open();
      const old = await login(app, wechat, 'o1');
      const token = await refresh(app, 'o1');
      expect(token.slice(0, -64)).toBe('o1|shop|');
      expect(await liveOf(app, [old, token])).toEqual([token]);
      expect(await login(app, wechat, 'o1')).toBe(token);
    });

    test('issues a token to a user who has none', async () => {
      const app = open();
      const token = await refresh(app, 'o1');
      expect(await isValid(app, token)).toBe(true);
      expect(await login(app, wechat, 'o1')).toBe(token);
    });

    test('leaves the tokens of other users', async () => {
      const app = open();
      const other = await login(app, wechat, 'o10');
      await login(app, wechat, 'o1');
      await refresh(app, 'o1');
      expect(await isValid(app, other)).toBe(true);
      expect(await login(app, wechat, 'o10')).toBe(other);
    });
  });

  test('a token dies with its ttl, and the next login issues another', async () => {
    const app = open({ ttl: 2 });
    const token = await login(app, wechat, 'o1');
    expect(await isValid(app, token)).toBe(true);
    await until(async () => !(await isValid(app, token)), 15000);
    const next = await login(app, wechat, 'o1');
    expect(await liveOf(app, [token, next])).toEqual([next]);
  });

  test.each([
    ['null', () => null],
    ['undefined', () => undefined],
    ['the empty string', () => ''],
    ['garbage', () => 'garbage'],
    ['the user alone', () => 'o1|shop|'],
    ['a prefix', (token) => token.slice(0, -1)],
    ['one digit more', (token) => `${token}0`],
    ['a space behind it', (token) => `${token} `],
    ['a NUL behind it', (token) => `${token}\0`],
    ['another letter case of the session', (token) => token.slice(0, -64) + token.slice(-64).toUpperCase()],
    ['another letter case of the user', (token) => token.replace('o1', 'O1')],
    ['another session', (token) => token.slice(0, -64) + 'ab'.repeat(32)],
    ['the session of another user', (token) => token.replace('o1', 'o2')],
    ['the session of another sku', (token) => token.replace('shop', 'shops')],
  ])('%s is no valid token: rejects with undefined', async (_name, change) => {
    const app = open();
    const token = await login(app, wechat, 'o1');
    expect(change(token)).not.toBe(token);
    expect(await rejection(app.isTokenValid(change(token)))).toBeUndefined();
    await expect(app.isTokenValid(token)).resolves.toBeUndefined();
  });

  describe('races', () => {
    test('20 logins at once of one user give one token', async () => {
      const app = open();
      for (const user of ['o1', 'o2', 'o3', 'o4', 'o5']) {
        const tokens = await atOnce(20, () => login(app, wechat, user));
        expect(new Set(tokens).size).toBe(1);
        expect(await isValid(app, tokens[0])).toBe(true);
      }
    });

    test('20 logins and refreshes mixed leave one live token, one that was handed out', async () => {
      const app = open();
      for (const user of ['o1', 'o2', 'o3', 'o4', 'o5']) {
        const tokens = await atOnce(20, (i) => (i % 2 ? refresh(app, user) : login(app, wechat, user)));
        const live = await liveOf(app, tokens);
        expect(live).toHaveLength(1);
        expect(await login(app, wechat, user)).toBe(live[0]);
      }
    });
  });

  test('ids and skus are taken literally, whatever they hold', async () => {
    const issued = [];
    for (const sku of SKUS) {
      const app = open({ sku });
      for (const id of IDS) issued.push({ app, id, sku, token: await login(app, wechat, id) });
    }
    for (const { id, sku, token } of issued) {
      expect(token.slice(0, -64)).toBe(`${id}|${sku}|`);
      expect(token.slice(-64)).toMatch(HEX);
    }
    expect(new Set(issued.map(({ token }) => token.slice(-64))).size).toBe(issued.length);

    const wild = issued.filter(({ id, sku }) => id === 'a*' || (id === '[ab]' && sku === 's*'));
    for (const { app, id } of wild) await refresh(app, id);
    for (const one of issued) {
      expect([one.id, one.sku, await isValid(one.app, one.token)]).toEqual([one.id, one.sku, !wild.includes(one)]);
    }
    for (const { app, id, token } of issued.filter((one) => !wild.includes(one))) {
      expect(await login(app, wechat, id)).toBe(token);
    }
  });

  describe('after close', () => {
    test('no token is valid, and what needs the token store rejects with 6000', async () => {
      const app = open();
      const token = await login(app, wechat, 'o1');
      await app.close();
      expect(await rejection(app.isTokenValid(token))).toBeUndefined();
      expect(await rejection(login(app, wechat, 'o1'))).toMatchObject({ code: 6000 });
      expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6000 });
    });

    test('a user who does not exist is still 6010', async () => {
      const nobody = { ...everybody(), all: (_sql, callback) => setImmediate(callback, null, []) };
      const app = open({ db: nobody });
      await app.close();
      expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    });

    test('what was asked before is answered, and close resolves behind it', async () => {
      const app = open();
      const token = await login(app, wechat, 'o1');
      let answered = 0;
      const asked = Array.from({ length: 50 }, () =>
        app.isTokenValid(token).then(() => {
          answered += 1;
        }),
      );
      await app.close();
      await new Promise(setImmediate);
      expect(answered).toBe(50);
      await Promise.all(asked);
    });

    test('closing again does no harm', async () => {
      const app = open();
      await login(app, wechat, 'o1');
      await Promise.all([app.close(), app.close()]);
      await app.close();
    });
  });

  const reach = shared ? sharedStore : privateStore;
  reach(open, () => wechat);
}

module.exports = { tokenStore };
