'use strict';

const {
  atOnce,
  createApp,
  everybody,
  issue,
  isValid,
  listed,
  liveOf,
  logIn,
  login,
  newUser,
  NOT_LIVE,
  refresh,
  rejection,
  rejections,
  rotate,
  SECOND,
  startFakeWeChat,
  until,
  within,
} = require('../../support');
const { atTheSameTime, expectBetween } = require('./support');
const { sessionEvents } = require('./session-store-events');
const { explanations, explanationsInTime } = require('./session-store-explain');
const { idleSessions } = require('./session-store-idle');
const { manySessions } = require('./session-store-modes');
const { rotation, rotatedTokens } = require('./session-store-rotation');
const { sessionIds } = require('./session-id');
const { sessionOrder } = require('./session-order');

const TTL = 1000;
/** Lets the tokens of that sku in, whatever the object's own is. */
const SHOP = { skus: ['shop'] };

const HEX = 'ab'.repeat(32);
const IDS = ['a', 'ab', 'a*', '[ab]', 'a b', "o'b", 'a}b', '{a}', '用户'];
const SKUS = ['', 's', 's*', '[s]', 's}u', '{s}', '微信', 's|u', '|'];

/**
 * What every token store holds of sessions that are seen and ended one by one, asked through the
 * public API.
 *
 * @param tokens gives the option `tokens`
 * @param shared whether two objects with the same option see the same tokens
 * @param ahead makes a user's sessions look as if they came from a clock an hour ahead, where that
 *   can be done from outside
 */
function sessionStore(tokens, { shared, ahead }) {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  const open = ({ sessions, ...given } = {}) =>
    createApp({ wechat, tokens: tokens(), db: everybody(), ttl: TTL, options: sessions && { sessions }, ...given });
  const loginByCode = (app, userId) => logIn(app, wechat.user({ openId: userId }).code);

  describe('sessions.issue', () => {
    test('gives a token as a login does, and says whether the user is new and when it ends', async () => {
      const [app, user, start] = [open(), newUser(), Date.now()];
      const answer = await app.sessions.issue(user);
      expect(answer).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        userId: user,
        token: expect.stringMatching(/^[^|]+\|shop\|[0-9a-f]{64}$/),
        isNewUser: false,
        expiresAt: expect.any(Number),
      });
      expect(answer.token.startsWith(`${user}|`)).toBe(true);
      expectBetween(answer.expiresAt, start + TTL * SECOND, Date.now() + TTL * SECOND);
      expect(await isValid(app, answer.token)).toBe(true);
    });

    test('and every login give the one live token, whose life is not prolonged', async () => {
      const [app, user] = [open(), newUser()];
      const first = await app.sessions.issue(user);
      expect(await login(app, wechat, user)).toBe(first.token);
      expect(await loginByCode(app, user)).toBe(first.token);
      const again = await app.sessions.issue(user);
      expect(again.token).toBe(first.token);
      expect(Math.abs(again.expiresAt - first.expiresAt)).toBeLessThan(20);
    });

    test('gives what a login and a refresh have issued', async () => {
      const [app, user] = [open(), newUser()];
      expect(await issue(app, user)).toBe(await login(app, wechat, user));
      const token = await refresh(app, user);
      expect(await issue(app, user)).toBe(token);
      expect(await listed(app, user)).toEqual([token]);
    });

    test('20 at once give one token', async () => {
      const [app, user] = [open(), newUser()];
      const tokens = await atOnce(20, () => issue(app, user));
      expect(new Set(tokens).size).toBe(1);
      expect(await listed(app, user)).toEqual([tokens[0]]);
    });
  });

  describe('a device', () => {
    test('is told again, the newest one', async () => {
      const [app, user] = [open(), newUser()];
      const token = await issue(app, user, { device: "微信 8.0 'x' \\ 🐼" });
      expect(await app.sessions.inspect(token)).toMatchObject({ device: "微信 8.0 'x' \\ 🐼" });
      expect(await issue(app, user, { device: 'second' })).toBe(token);
      expect(await app.sessions.inspect(token)).toMatchObject({ device: 'second' });
      expect(await app.sessions.list(user)).toMatchObject([{ device: 'second' }]);
    });

    test('of the newest login by code is told', async () => {
      const [app, user] = [open(), newUser()];
      const token = await issue(app, user, { device: 'first' });
      await app.login(wechat.user({ openId: user }).code, { device: 'second' });
      expect(await app.sessions.inspect(token)).toMatchObject({ device: 'second' });
    });

    test.each([
      ['字'.repeat(256), '字'.repeat(256)],
      ['x'.repeat(257), 'x'.repeat(256)],
      [`${'x'.repeat(255)}🐼`, 'x'.repeat(255)],
      [`\0${'🐼'.repeat(200)}`, '🐼'.repeat(128)],
      ['a\r\nb\tc\x7fd\u0085e', 'abcde'],
    ])('is kept up to 256 characters, and without control characters (%j)', async (device, kept) => {
      const app = open();
      expect((await app.sessions.inspect(await issue(app, newUser(), { device }))).device).toBe(kept);
    });

    test.each(['', '\0\n'])('of which nothing is left (%j) is none', async (device) => {
      const app = open();
      expect(await app.sessions.inspect(await issue(app, newUser(), { device }))).not.toHaveProperty('device');
    });
  });

  describe('sessions.inspect', () => {
    test('tells what is known of a token, and nothing else', async () => {
      const [app, user, start] = [open(), newUser(), Date.now()];
      const token = await issue(app, user);
      const [data, end] = [await app.sessions.inspect(token), Date.now()];
      expect(data).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        userId: user,
        sku: 'shop',
        issuedAt: expect.any(Number),
        expiresAt: expect.any(Number),
      });
      expectBetween(data.issuedAt, start, end);
      expectBetween(data.expiresAt, start + TTL * SECOND, end + TTL * SECOND);
      expect(await app.sessions.inspect(token)).toEqual({ ...data, expiresAt: expect.any(Number) });
    });

    test.each([
      ['null', () => null],
      ['undefined', () => undefined],
      ['the empty string', () => ''],
      ['garbage', () => 'garbage'],
      ['another session', (token) => token.slice(0, -64) + HEX],
      ['another letter case', (token) => token.slice(0, -64) + token.slice(-64).toUpperCase()],
      ['the session of another user', (token) => `x${token}`],
      ['the session of another sku', (token) => token.replace('|shop|', '|shops|')],
      ['a space behind it', (token) => `${token} `],
      ['a NUL behind it', (token) => `${token}\0`],
    ])('and revoke and rotate find nothing under %s', async (_name, change) => {
      const [app, user] = [open(), newUser()];
      const token = await issue(app, user);
      expect(change(token)).not.toBe(token);
      expect(await app.sessions.inspect(change(token))).toBeNull();
      expect(await app.sessions.revoke(change(token))).toBe(false);
      const { code } = await rejection(app.sessions.rotate(change(token)));
      expect(change(token) === null || change(token) === undefined ? [6001, 6007] : [6007]).toContain(code);
      expect(await isValid(app, token)).toBe(true);
    });

    test('ids and skus are taken literally, whatever they hold', async () => {
      const issued = [];
      for (const sku of SKUS) {
        const app = open({ sku });
        for (const id of IDS) issued.push({ app, id, sku, token: await issue(app, id) });
      }
      for (const { app, id, sku, token } of issued) {
        expect([id, sku, await listed(app, id)]).toEqual([id, sku, [token]]);
        const data = await app.sessions.inspect(token);
        // A sku with a | in it makes more than three parts: the user ends at the first, the session
        // begins after the last.
        expect(data).toMatchObject({ userId: id, sku });
      }
      const ended = issued.filter(({ id, sku }) => id === 'a*' || (id === '[ab]' && sku === 's*'));
      for (const { app, id } of ended) expect(await app.sessions.revokeUser(id)).toBe(1);
      for (const one of issued) {
        expect([one.id, one.sku, await isValid(one.app, one.token)]).toEqual([one.id, one.sku, !ended.includes(one)]);
        expect(await listed(one.app, one.id)).toEqual(ended.includes(one) ? [] : [one.token]);
      }
      for (const { app, id } of issued) await app.sessions.revokeUser(id);
    });
  });

  describe('sessions.list', () => {
    test('is empty for a user without a token', async () => {
      expect(await open().sessions.list(newUser())).toEqual([]);
    });

    test('says of each token what inspect says', async () => {
      const [app, user] = [open(), newUser()];
      const token = await issue(app, user, { device: 'phone' });
      const [one, ...others] = await app.sessions.list(user);
      expect(others).toEqual([]);
      const data = await app.sessions.inspect(token);
      expect(one).toEqual({ ...data, expiresAt: expect.any(Number) });
      expect(Math.abs(one.expiresAt - data.expiresAt)).toBeLessThan(20);
    });

    test('does not have a token that has been replaced', async () => {
      const [app, user] = [open(), newUser()];
      await issue(app, user);
      const token = await refresh(app, user);
      expect(await listed(app, user)).toEqual([token]);
    });

    test('does not have a token whose ttl is over', async () => {
      const [app, user] = [open({ ttl: 1 }), newUser()];
      const token = await issue(app, user);
      await until(async () => (await listed(app, user)).length === 0);
      expect(await app.sessions.inspect(token)).toBeNull();
      expect(await isValid(app, token)).toBe(false);
      expect(await app.sessions.revoke(token)).toBe(false);
      expect(await app.sessions.revokeUser(user)).toBe(0);
      expect(await rejection(app.sessions.rotate(token))).toMatchObject(NOT_LIVE);
    });
  });

  describe('sessions.revoke', () => {
    test('ends a token once, and nobody else`s', async () => {
      const app = open();
      const [token, other] = [await issue(app, newUser()), await issue(app, newUser())];
      expect(await app.sessions.revoke(token)).toBe(true);
      expect(await app.sessions.revoke(token)).toBe(false);
      expect(await liveOf(app, [token, other])).toEqual([other]);
      expect(await app.sessions.inspect(token)).toBeNull();
    });

    test('is followed by a login that issues another', async () => {
      const [app, user] = [open(), newUser()];
      const token = await login(app, wechat, user);
      expect(await app.sessions.revoke(token)).toBe(true);
      expect(await listed(app, user)).toEqual([]);
      const next = await login(app, wechat, user);
      expect(next).not.toBe(token);
      expect(await liveOf(app, [token, next])).toEqual([next]);
    });

    test('20 at once end a token once', async () => {
      const app = open();
      const token = await issue(app, newUser());
      const answers = await atOnce(20, () => app.sessions.revoke(token));
      expect(answers.filter(Boolean)).toEqual([true]);
      expect(await isValid(app, token)).toBe(false);
    });

    test('of a token and logins at once: the token is dead, what is live is listed', async () => {
      const app = open();
      for (let round = 0; round < 5; round += 1) {
        const user = newUser();
        const old = await issue(app, user);
        const answers = await atOnce(10, (i) => (i === 5 ? app.sessions.revoke(old) : issue(app, user)));
        expect(answers[5]).toBe(true);
        expect(await isValid(app, old)).toBe(false);
        const live = await liveOf(
          app,
          answers.filter((_, i) => i !== 5),
        );
        expect(live.length).toBeLessThanOrEqual(1);
        expect(await listed(app, user)).toEqual(live);
      }
    });
  });

  describe('sessions.revokeUser', () => {
    test('ends the live tokens of a user and counts them', async () => {
      const [app, user] = [open(), newUser()];
      const [token, other] = [await issue(app, user), await issue(app, newUser())];
      expect(await app.sessions.revokeUser(user)).toBe(1);
      expect(await app.sessions.revokeUser(user)).toBe(0);
      expect(await liveOf(app, [token, other])).toEqual([other]);
      expect(await listed(app, user)).toEqual([]);
      const next = await issue(app, user);
      expect(await liveOf(app, [token, next])).toEqual([next]);
    });

    test('of a user whom nobody knows is 0', async () => {
      expect(await open().sessions.revokeUser(newUser())).toBe(0);
      expect(await open().sessions.revokeUser(newUser(), { allSkus: true })).toBe(0);
    });

    test('asks no user table', async () => {
      const app = open({ db: null });
      expect(await app.sessions.revokeUser(newUser())).toBe(0);
      expect(await app.sessions.list(newUser())).toEqual([]);
    });

    test('and logins at once: what is live afterwards is listed, and at most one', async () => {
      const app = open();
      for (let round = 0; round < 5; round += 1) {
        const user = newUser();
        const old = await issue(app, user);
        const answers = await atOnce(10, (i) => (i % 3 === 1 ? app.sessions.revokeUser(user) : issue(app, user)));
        expect(await isValid(app, old)).toBe(false);
        const live = await liveOf(
          app,
          answers.filter((answer) => typeof answer === 'string'),
        );
        expect(live.length).toBeLessThanOrEqual(1);
        expect(await listed(app, user)).toEqual(live);
      }
    });
  });

  rotation(open, { shared });
  sessionIds(open);
  sessionOrder(open, { ahead });
  manySessions(open, { shared, login: (app, user) => login(app, wechat, user), loginByCode });
  explanations(open, { wechat: () => wechat });
  sessionEvents(open, { wechat: () => wechat });
  describe('in time,', () =>
    atTheSameTime([...rotatedTokens(open), ...idleSessions(open, { loginByCode }), ...explanationsInTime(open)]));

  test('what is none of the arguments rejects and harms nothing', async () => {
    const [app, user] = [open(), newUser()];
    const token = await issue(app, user);
    const reasons = await rejections(
      app.sessions.issue(null),
      app.sessions.issue(undefined),
      app.sessions.list(null),
      app.sessions.revokeUser(undefined),
      app.sessions.issue(user, { device: 42 }),
      app.sessions.rotate(token, { grace: -1 }),
      app.sessions.rotate(token, { grace: 1.5 }),
      app.sessions.rotate(token, { grace: 3601 }),
    );
    expect(reasons.map(({ code }) => code)).toEqual(reasons.map(() => 6001));
    expect(await listed(app, user)).toEqual([token]);
  });

  test('after close every call rejects with 6000, at once', async () => {
    const [app, user] = [open(), newUser()];
    const token = await issue(app, user);
    await app.close();
    const { sessions } = app;
    const calls = rejections(
      sessions.issue(user),
      sessions.inspect(token),
      sessions.explain(token),
      sessions.list(user),
      sessions.revoke(token),
      sessions.revokeUser(user),
      sessions.revokeUser(user, { allSkus: true }),
      sessions.rotate(token),
    );
    for (const reason of await within(5000, calls, 'a call after close')) {
      expect(reason).toMatchObject({ name: 'MpauthxError', code: 6000, status: 503 });
    }
  });

  test('what was asked before close is answered', async () => {
    const [app, user] = [open(), newUser()];
    const token = await issue(app, user);
    const asked = [app.sessions.list(user), app.sessions.rotate(token), app.sessions.revokeUser(newUser())];
    await app.close();
    const [list, rotated, count] = await Promise.all(asked);
    expect(list).toHaveLength(1);
    expect(rotated.token).toMatch(/\|shop\|/);
    expect(count).toBe(0);
  });

  if (shared) sharedSessions(open);
}

/** Of a token store that several objects use. */
function sharedSessions(open) {
  const both = () => [open(), open({ sku: 'other' })];

  test('every object sees, ends and rotates the tokens of all', async () => {
    const [shop, other] = both();
    const user = newUser();
    const token = await issue(shop, user, { device: 'phone' });
    expect(await other.sessions.inspect(token, SHOP)).toMatchObject({ userId: user, sku: 'shop', device: 'phone' });
    const next = await rotate(other, token, SHOP);
    expect(next.slice(0, -64)).toBe(`${user}|shop|`);
    expect(await rotate(shop, token)).toBe(next);
    expect(await listed(open(), user)).toEqual([next]);
    expect(await other.sessions.revoke(next, SHOP)).toBe(true);
    expect(await liveOf(shop, [token, next])).toEqual([]);
    expect(await open().sessions.revoke(next)).toBe(false);
  });

  test('a list and a revocation of a user are of the own sku', async () => {
    const [shop, other] = both();
    const user = newUser();
    const tokens = [await issue(shop, user), await issue(other, user)];
    expect([await listed(shop, user), await listed(other, user)]).toEqual(tokens.map((token) => [token]));
    expect(await shop.sessions.revokeUser(user)).toBe(1);
    expect(await liveOf(shop, tokens)).toEqual([tokens[1]]);
    expect(await shop.sessions.revokeUser(user, { allSkus: false })).toBe(0);
    expect(await isValid(shop, tokens[1])).toBe(true);
  });

  test('an id that looks like a user and the begin of a sku is neither', async () => {
    const [whole, rest] = [open({ sku: 'b|c' }), open({ sku: 'c' })];
    const user = newUser();
    const token = await issue(whole, user);
    expect(await listed(rest, `${user}|b`)).toEqual([]);
    for (const allSkus of [false, true]) expect(await rest.sessions.revokeUser(`${user}|b`, { allSkus })).toBe(0);
    expect(await isValid(whole, token)).toBe(true);
  });

  test('allSkus ends the tokens of every sku, whichever object asks', async () => {
    const skus = ['shop', 'other', 's*', 's}u', '', 's|u', '微信'];
    const each = { mode: 'each' };
    const user = newUser();
    const tokens = [];
    const kept = [];
    for (const sku of skus) {
      const app = open({ sku, sessions: each });
      tokens.push(await issue(app, user), await issue(app, user));
      kept.push(await issue(app, `${user}x`));
    }
    // This one's sku has no token of the user's.
    const app = open({ sku: 'back office' });
    expect(await app.sessions.revokeUser(user)).toBe(0);
    expect(await liveOf(app, tokens)).toEqual(tokens);
    expect(await app.sessions.revokeUser(user, { allSkus: true })).toBe(tokens.length);
    expect(await liveOf(app, [...tokens, ...kept])).toEqual(kept);
    expect(await app.sessions.revokeUser(user, { allSkus: true })).toBe(0);
    for (const sku of skus) expect(await listed(open({ sku }), user)).toEqual([]);
  });

  test('allSkus ends what a rotated token has become', async () => {
    const [shop, other] = both();
    const user = newUser();
    const old = await issue(shop, user);
    const token = await rotate(shop, old, { grace: 60 });
    await other.sessions.revokeUser(user, { allSkus: true });
    expect(await liveOf(shop, [old, token])).toEqual([]);
  });

  test('a token that one object has ended is dead for every other at once', async () => {
    const apps = [open(), open(), open({ sku: 'other' })];
    for (let round = 0; round < 30; round += 1) {
      const token = await issue(apps[0], newUser());
      const ender = apps[round % 3];
      expect(await ender.sessions.revoke(token, SHOP)).toBe(true);
      expect(await atOnce(6, (i) => isValid(apps[i % 3], token))).toEqual(Array(6).fill(false));
    }
  });
}

module.exports = { sessionStore, IDS, SKUS };
