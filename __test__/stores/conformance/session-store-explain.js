'use strict';

const {
  issue,
  isValid,
  listed,
  logIn,
  newUser,
  past,
  pause,
  refresh,
  rejection,
  rotate,
  SECOND,
  until,
} = require('../../support');

const EACH = { mode: 'each' };
const LONG = { grace: 600 };
const NOW = { grace: 0 };

const explainAll = (app, tokens) => Promise.all(tokens.map((token) => app.sessions.explain(token)));

/** Of `sessions.explain`, as far as it takes no time. */
function explanations(open, { wechat }) {
  describe('sessions.explain', () => {
    test('calls a token live until it ends, also in the grace of a rotation', async () => {
      const app = open();
      const old = await issue(app, newUser());
      expect(await app.sessions.explain(old)).toBe('live');
      const token = await rotate(app, old, LONG);
      const next = await rotate(app, token, LONG);
      expect(await explainAll(app, [old, token, next])).toEqual(['live', 'live', 'live']);
    });

    test.each([
      ['revoke', (app, _user, token) => app.sessions.revoke(token)],
      ['revokeById', async (app, user, token) => app.sessions.revokeById(user, (await app.sessions.inspect(token)).id)],
      ['revokeUser', (app, user) => app.sessions.revokeUser(user)],
      ['revokeUser with allSkus', (app, user) => app.sessions.revokeUser(user, { allSkus: true })],
      ['forget', (app, user) => app.forget(user)],
    ])('tells of %s: revoked', async (_name, end) => {
      const [app, user] = [open(), newUser()];
      const old = await issue(app, user);
      const token = await rotate(app, old, LONG);
      const alone = await issue(app, `${user}x`);
      await end(app, user, token);
      await end(app, `${user}x`, alone);
      expect(await explainAll(app, [old, token, alone])).toEqual(['revoked', 'revoked', 'revoked']);
      // Whoever uses it, the first reason counts.
      expect(await isValid(app, old)).toBe(false);
      expect(await app.sessions.explain(old)).toBe('revoked');
    });

    test('tells of another session that took its place: replaced', async () => {
      const [app, user] = [open({ sessions: EACH }), newUser()];
      const [first, second] = [await issue(app, user), await issue(app, user)];
      const third = await logIn(app, wechat().user({ openId: user }).code, { replace: first });
      expect(await explainAll(app, [first, second, third])).toEqual(['replaced', 'live', 'live']);
      const fresh = await refresh(app, user);
      expect(await explainAll(app, [second, third, fresh])).toEqual(['replaced', 'replaced', 'live']);
    });

    test('tells of newer logins past the limit: evicted', async () => {
      const [app, user] = [open({ sessions: { ...EACH, max: 1 } }), newUser()];
      const first = await issue(app, user);
      await pause(3);
      const second = await issue(app, user);
      expect(await explainAll(app, [first, second])).toEqual(['evicted', 'live']);
    });

    test('tells of a token whose grace is over, and ends nothing by that', async () => {
      const [app, user] = [open(), newUser()];
      const oldest = await issue(app, user);
      const old = await rotate(app, oldest, NOW);
      const token = await rotate(app, old, NOW);
      expect(await explainAll(app, [oldest, old, token])).toEqual(['rotated', 'rotated', 'live']);
      expect(await listed(app, user)).toEqual([token]);
      // The use of one does.
      expect(await isValid(app, old)).toBe(false);
      expect(await explainAll(app, [oldest, old, token])).toEqual(['reused', 'reused', 'reused']);
      expect(await isValid(app, token)).toBe(false);
    });

    test('knows nothing of what was never issued here, of another sku, and of what is no token', async () => {
      const [app, user] = [open(), newUser()];
      const token = await issue(app, user);
      const values = [`${user}|shop|${'ab'.repeat(32)}`, `${user}|other|${token.slice(-64)}`, token.slice(1), ''];
      const odd = [...values, null, undefined, 42, {}, [token, token], Symbol('token'), 'x'.repeat(1000)];
      expect(await explainAll(app, odd)).toEqual(odd.map(() => 'unknown'));
      expect(await app.sessions.explain(token, { skus: ['other'] })).toBe('unknown');
      expect(await open({ sku: 'other' }).sessions.explain(token)).toBe('unknown');
      expect(await app.sessions.explain(token, { skus: ['other', 'shop'] })).toBe('live');
      expect(await rejection(app.sessions.explain(token, { sku: 'shop' }))).toMatchObject({ code: 6001, status: 400 });
    });
  });
}

/** Of `sessions.explain`, which takes its time. */
function explanationsInTime(open) {
  return [
    [
      'a token is explained as rotated when its grace ends',
      async () => {
        const app = open();
        const old = await issue(app, newUser());
        const token = await rotate(app, old, { grace: 1 });
        await until(async () => (await app.sessions.explain(old)) !== 'live');
        expect(await explainAll(app, [old, token])).toEqual(['rotated', 'live']);
      },
    ],
    [
      'tokens of a rotated session that was not used are explained as expired',
      async () => {
        const app = open({ sessions: { idle: 1 } });
        const old = await issue(app, newUser());
        const token = await rotate(app, old, LONG);
        // It asks a hundred times a second, and is no use.
        await until(async () => (await app.sessions.explain(token)) !== 'live');
        expect(await explainAll(app, [old, token])).toEqual(['expired', 'expired']);
      },
    ],
    [
      'a token is not explained as live after its ttl',
      async () => {
        const app = open({ ttl: 1 });
        const old = await issue(app, newUser());
        const token = await rotate(app, await issue(app, newUser()), LONG);
        await past(1);
        // A store may have forgotten it by then.
        for (const found of await explainAll(app, [old, token])) expect(['expired', 'unknown']).toContain(found);
      },
    ],
    [
      'an explanation does not count as use',
      async () => {
        const app = open({ sessions: { idle: 10 } });
        const token = await issue(app, newUser());
        const { lastSeenAt } = await app.sessions.inspect(token);
        await pause(1.5 * SECOND); // more than a tenth of the idle time, so that a use would be written
        expect(await app.sessions.explain(token)).toBe('live');
        expect((await app.sessions.inspect(token)).lastSeenAt).toBe(lastSeenAt);
      },
    ],
  ];
}

module.exports = { explanations, explanationsInTime };
