'use strict';

const { atOnce, issue, isValid, listed, liveOf, newUser, pause, refresh, rotate } = require('../../support');

const EACH = { mode: 'each' };

/** Of `options.sessions.mode` and `max`. */
function manySessions(open, { shared, login, loginByCode }) {
  /**
   * Tokens of one user, each issued in a later millisecond than the one before, so that it is clear
   * which is the oldest.
   */
  async function inTurn(count, issueOne) {
    const tokens = [];
    for (let i = 0; i < count; i += 1) {
      if (i > 0) await pause(3);
      tokens.push(await issueOne(i));
    }
    return tokens;
  }

  describe("in mode 'shared', which is the default", () => {
    test.each([undefined, {}, { mode: 'shared' }])('%j gives one token', async (sessions) => {
      const [app, user] = [open({ sessions }), newUser()];
      const token = await issue(app, user);
      expect(await issue(app, user)).toBe(token);
      expect(await login(app, user)).toBe(token);
      expect(await listed(app, user)).toEqual([token]);
    });
  });

  describe("in mode 'each'", () => {
    test('every login has a token of its own, and the list is by age', async () => {
      const [app, user] = [open({ sessions: EACH }), newUser()];
      const ways = [issue, login, loginByCode, issue, login];
      const tokens = await inTurn(5, (i) => ways[i](app, user));
      expect(new Set(tokens).size).toBe(5);
      expect(await liveOf(app, tokens)).toEqual(tokens);
      const list = await app.sessions.list(user);
      expect(await listed(app, user)).toEqual(tokens);
      const times = list.map(({ issuedAt }) => issuedAt);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    test('each has its own device', async () => {
      const [app, user] = [open({ sessions: EACH }), newUser()];
      await inTurn(3, (i) => issue(app, user, i === 1 ? undefined : { device: `device ${i}` }));
      const devices = (await app.sessions.list(user)).map(({ device }) => device);
      expect(devices).toEqual(['device 0', undefined, 'device 2']);
    });

    test('a revocation ends one, a revocation of the user all that are left', async () => {
      const [app, user] = [open({ sessions: EACH }), newUser()];
      const [a, b, c] = await inTurn(3, () => issue(app, user));
      const other = await issue(app, newUser());
      expect(await app.sessions.revoke(b)).toBe(true);
      expect(await listed(app, user)).toEqual([a, c]);
      expect(await app.sessions.revokeUser(user)).toBe(2);
      expect(await liveOf(app, [a, b, c, other])).toEqual([other]);
    });

    test('a refresh ends all and issues one', async () => {
      const [app, user] = [open({ sessions: EACH }), newUser()];
      const tokens = await inTurn(4, () => issue(app, user));
      const token = await refresh(app, user);
      expect(await liveOf(app, [...tokens, token])).toEqual([token]);
      expect(await listed(app, user)).toEqual([token]);
      const next = await issue(app, user);
      expect(await liveOf(app, [token, next])).toEqual([token, next]);
    });

    test('a rotation replaces one and leaves the others', async () => {
      const [app, user] = [open({ sessions: EACH }), newUser()];
      const [a, b, c] = await inTurn(3, () => issue(app, user));
      const next = await rotate(app, b, { grace: 600 });
      expect((await listed(app, user)).sort()).toEqual([a, c, next].sort());
      expect(await app.sessions.revoke(next)).toBe(true);
      expect(await liveOf(app, [a, b, c, next])).toEqual([a, c]);
    });

    test('20 logins at once give 20 tokens', async () => {
      const [app, user] = [open({ sessions: EACH }), newUser()];
      const tokens = await atOnce(20, () => issue(app, user));
      expect(new Set(tokens).size).toBe(20);
      expect((await listed(app, user)).sort()).toEqual([...tokens].sort());
      expect((await liveOf(app, tokens)).length).toBe(20);
    });
  });

  describe("in mode 'each' with a maximum", () => {
    test('the oldest ends when there are more, whatever way they come in', async () => {
      const [app, user] = [open({ sessions: { ...EACH, max: 3 } }), newUser()];
      const other = await issue(app, newUser());
      const ways = [issue, login, loginByCode, issue, login, loginByCode];
      const tokens = [];
      for (const [i, way] of ways.entries()) {
        await pause(3);
        tokens.push(await way(app, user));
        expect([i, await listed(app, user)]).toEqual([i, tokens.slice(-3)]);
        expect(await liveOf(app, tokens)).toEqual(tokens.slice(-3));
      }
      expect(await isValid(app, other)).toBe(true);
    });

    test('of one, a login ends the one before', async () => {
      const [app, user] = [open({ sessions: { ...EACH, max: 1 } }), newUser()];
      const tokens = await inTurn(3, () => issue(app, user));
      expect(await liveOf(app, tokens)).toEqual([tokens[2]]);
    });

    test('what has ended does not count', async () => {
      const [app, user] = [open({ sessions: { ...EACH, max: 2 } }), newUser()];
      const [a, b] = await inTurn(2, () => issue(app, user));
      await app.sessions.revoke(b);
      const c = await issue(app, user);
      expect(await liveOf(app, [a, b, c])).toEqual([a, c]);
    });

    test('a rotated token counts once, and ends as a whole', async () => {
      const [app, user] = [open({ sessions: { ...EACH, max: 2 } }), newUser()];
      const [a, b] = await inTurn(2, () => issue(app, user));
      await pause(3);
      const next = await rotate(app, a, { grace: 600 });
      expect(await liveOf(app, [a, b, next])).toEqual([a, b, next]);
      const more = await inTurn(2, () => pause(3).then(() => issue(app, user)));
      expect(await liveOf(app, [a, b, next, ...more])).toEqual(more);
      expect(await listed(app, user)).toEqual(more);
    });

    test('a refresh ends all and issues one', async () => {
      const [app, user] = [open({ sessions: { ...EACH, max: 3 } }), newUser()];
      const tokens = await inTurn(3, () => issue(app, user));
      const token = await refresh(app, user);
      expect(await liveOf(app, [...tokens, token])).toEqual([token]);
    });

    test('20 logins at once leave as many as may be, and those are listed', async () => {
      const [app, user] = [open({ sessions: { ...EACH, max: 3 } }), newUser()];
      const tokens = await atOnce(20, () => issue(app, user));
      expect(new Set(tokens).size).toBe(20);
      const live = await liveOf(app, tokens);
      expect(live).toHaveLength(3);
      expect((await listed(app, user)).sort()).toEqual(live.sort());
    });

    if (shared) {
      test('counts for each user and sku by themselves', async () => {
        const sessions = { ...EACH, max: 2 };
        const [shop, other, user] = [open({ sessions }), open({ sessions, sku: 'other' }), newUser()];
        const tokens = await inTurn(4, (i) => issue(i % 2 ? other : shop, user));
        expect(await liveOf(shop, tokens)).toEqual(tokens);
      });

      test('that is lower than what is there ends as many of the oldest as it takes', async () => {
        const [wide, narrow] = [open({ sessions: EACH }), open({ sessions: { ...EACH, max: 2 } })];
        const user = newUser();
        const tokens = await inTurn(5, () => issue(wide, user));
        await pause(3);
        tokens.push(await issue(narrow, user));
        expect(await listed(wide, user)).toEqual(tokens.slice(-2));
        expect(await liveOf(wide, tokens)).toEqual(tokens.slice(-2));
      });
    }
  });

  if (shared) {
    test("an object in mode 'shared' gives the newest of the tokens that others issued", async () => {
      const [each, one, user] = [open({ sessions: EACH }), open(), newUser()];
      const tokens = await inTurn(3, () => issue(each, user));
      expect(await issue(one, user)).toBe(tokens[2]);
      expect(await login(one, user)).toBe(tokens[2]);
      expect(await liveOf(one, tokens)).toEqual(tokens);
      await each.sessions.revoke(tokens[2]);
      expect(await issue(one, user)).toBe(tokens[1]);
      expect(await one.sessions.revokeUser(user)).toBe(2);
    });
  }
}

module.exports = { manySessions };
