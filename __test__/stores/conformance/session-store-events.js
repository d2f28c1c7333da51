'use strict';

const { issue, isValid, logIn, login, newUser, pause, refresh, rotate } = require('../../support');
const { heardOn } = require('../../support/channels');

const EACH = { mode: 'each' };
const NOW = { grace: 0 };

/** Of what is counted and told of sessions. */
function sessionEvents(open, { wechat }) {
  /** What is told of one user, who is named as other users are not. */
  const endsOf = (ends, user) => ends.filter(({ userId }) => userId === user);

  const idOf = async (app, token) => (await app.sessions.inspect(token)).id;

  describe('of the end of a session it is told and counted', () => {
    test.each([
      ['revoke', (app, _user, token) => app.sessions.revoke(token), 'revoked'],
      ['revokeById', async (app, user, token) => app.sessions.revokeById(user, await idOf(app, token)), 'revoked'],
      ['revokeUser', (app, user) => app.sessions.revokeUser(user), 'revoked'],
      ['revokeUser with allSkus', (app, user) => app.sessions.revokeUser(user, { allSkus: true }), 'revoked'],
      ['forget', (app, user) => app.forget(user), 'revoked'],
      ['refreshToken', (app, user) => refresh(app, user), 'replaced'],
      [
        'a login with replace',
        (app, user, token) => logIn(app, wechat().user({ openId: user }).code, { replace: token }),
        'replaced',
      ],
      ['logins past the limit', (app, user) => issue(app, user), 'evicted'],
      [
        'a use after the grace',
        async (app, _user, token) => {
          await rotate(app, token, NOW);
          await isValid(app, token);
        },
        'reused',
      ],
    ])('by %s, once', async (_name, end, reason) => {
      const ends = heardOn('mpauthx:session:end');
      const [app, user] = [open({ sessions: { ...EACH, max: 1 } }), newUser()];
      const token = await issue(app, user);
      const sessionId = await idOf(app, token);
      await pause(3);
      await end(app, user, token);
      expect(endsOf(ends, user)).toEqual([{ sku: 'shop', userId: user, sessionId, reason }]);
      expect(app.stats().ended).toEqual({ revoked: 0, replaced: 0, evicted: 0, reused: 0, [reason]: 1 });
      // What has ended cannot end once more.
      await app.sessions.revoke(token);
      await isValid(app, token);
      expect(endsOf(ends, user)).toHaveLength(1);
      expect(JSON.stringify(endsOf(ends, user))).not.toContain(token.slice(-64));
    });

    test('for each of several', async () => {
      const ends = heardOn('mpauthx:session:end');
      const [app, user] = [open({ sessions: EACH }), newUser()];
      const tokens = [];
      for (let i = 0; i < 4; i += 1) tokens.push(await issue(app, user));
      const ids = await Promise.all(tokens.map((token) => idOf(app, token)));
      expect(await app.sessions.revokeUser(user, { except: tokens[2] })).toBe(3);
      const others = ids.filter((id) => id !== ids[2]);
      expect(
        endsOf(ends, user)
          .map(({ sessionId }) => sessionId)
          .sort(),
      ).toEqual(others.sort());
      expect(app.stats().ended.revoked).toBe(3);
    });

    test('and nothing where none has ended', async () => {
      const ends = heardOn('mpauthx:session:end');
      const [app, user] = [open({ sessions: EACH }), newUser()];
      const token = await issue(app, user);
      await rotate(app, token);
      expect(await app.sessions.revokeUser(newUser())).toBe(0);
      await app.sessions.explain(token);
      expect(endsOf(ends, user)).toEqual([]);
      expect(app.stats().ended).toEqual({ revoked: 0, replaced: 0, evicted: 0, reused: 0 });
    });
  });

  test('of every login it is told and counted, whichever way', async () => {
    const logins = heardOn('mpauthx:login');
    const [app, user] = [open({ sessions: EACH }), newUser()];
    const tokens = [
      await issue(app, user),
      await logIn(app, wechat().user({ openId: user }).code),
      await login(app, wechat(), user),
    ];
    const own = logins.filter(({ userId }) => userId === user);
    expect(own.map(({ sessionId }) => sessionId)).toEqual(await Promise.all(tokens.map((token) => idOf(app, token))));
    expect(own.map(({ isNewUser, ...rest }) => Object.keys(rest).sort())).toEqual(
      own.map(() => ['sessionId', 'sku', 'userId']),
    );
    await refresh(app, user); // is none
    expect(app.stats().logins).toBe(3);
  });
}

module.exports = { sessionEvents };
