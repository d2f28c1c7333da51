'use strict';

const {
  atOnce,
  issue,
  isValid,
  listed,
  liveOf,
  newUser,
  NOT_LIVE,
  past,
  pause,
  refresh,
  rejection,
  rotate,
  SECOND,
  until,
} = require('../../support');
const { expectBetween, later } = require('./support');

/** A grace that no test outlives. */
const LONG = { grace: 600 };

/** Says that nothing takes the token for a live one. */
const isDead = async (app, token) => {
  expect(await isValid(app, token)).toBe(false);
  expect(await rejection(app.sessions.rotate(token))).toMatchObject(NOT_LIVE);
  expect(await app.sessions.inspect(token)).toBeNull();
  expect(await app.sessions.revoke(token)).toBe(false);
};

/** Of `sessions.rotate`. */
function rotation(open, { shared }) {
  describe('a rotation', () => {
    test('of a session that was spared goes on, and so does its end', async () => {
      const [app, user] = [open(), newUser()];
      await issue(app, user);
      const kept = await issue(app, user);
      await app.sessions.revokeUser(user, { except: kept });
      const token = await rotate(app, kept);
      expect(await listed(app, user)).toEqual([token]);
      await app.sessions.revokeUser(user, { except: token });
      expect(await app.sessions.revoke(token)).toBe(true);
      await isDead(app, token);
    });

    test('gives a new token beside which the old one stays valid for its grace', async () => {
      const [app, user] = [open(), newUser()];
      const old = await issue(app, user, { device: 'phone' });
      const start = Date.now();
      const answer = await app.sessions.rotate(old);
      const end = Date.now();
      expect(answer).toEqual({
        id: (await app.sessions.inspect(old)).id,
        userId: user,
        token: expect.any(String),
        expiresAt: expect.any(Number),
      });
      const token = answer.token;
      expect(token.slice(0, -64)).toBe(old.slice(0, -64));
      expect(token.slice(-64)).toMatch(/^[0-9a-f]{64}$/);
      expect(token).not.toBe(old);
      expectBetween(answer.expiresAt, start + 1000 * SECOND, end + 1000 * SECOND);
      expect(await liveOf(app, [old, token])).toEqual([old, token]);

      const data = await app.sessions.inspect(token);
      expect(data).toMatchObject({ userId: user, sku: 'shop', device: 'phone' });
      expectBetween(data.expiresAt, answer.expiresAt, answer.expiresAt);
      // Until then the old one is a name of the session.
      const before = await app.sessions.inspect(old);
      expect(before).toMatchObject({ userId: user, sku: 'shop', device: 'phone' });
      expectBetween(before.expiresAt, start + 10 * SECOND, end + 10 * SECOND);
    });

    test('leaves one session, which the next login gives', async () => {
      const [app, user] = [open(), newUser()];
      const old = await issue(app, user);
      const token = await rotate(app, old, LONG);
      expect(await listed(app, user)).toEqual([token]);
      expect(await issue(app, user)).toBe(token);
      expect(await liveOf(app, [old, token])).toEqual([old, token]);
    });

    test('asked for again within the grace gives the same token', async () => {
      const [app, user] = [open(), newUser()];
      const old = await issue(app, user);
      const token = await rotate(app, old, LONG);
      const { token: again, expiresAt } = await app.sessions.rotate(old, LONG);
      expect(again).toBe(token);
      expectBetween(expiresAt, ...Array(2).fill((await app.sessions.inspect(token)).expiresAt));
      expect(await rotate(app, old, { grace: 0 })).toBe(token);
      expect(await rotate(app, old)).toBe(token);
      expect(await listed(app, user)).toEqual([token]);
      // Asked by another grace it was not shortened.
      expect(await isValid(app, old)).toBe(true);
    });

    test('goes on from the new token, and every older one is a name of the session in its grace', async () => {
      const [app, user] = [open(), newUser()];
      const chain = [await issue(app, user, { device: 'phone' })];
      for (let i = 0; i < 5; i += 1) chain.push(await rotate(app, chain[i], LONG));
      expect(new Set(chain).size).toBe(6);
      expect(await liveOf(app, chain)).toEqual(chain);
      expect(await listed(app, user)).toEqual([chain[5]]);
      // Whoever asks again gets what lives: no seventh token.
      for (const token of chain.slice(0, 5)) expect(chain).toContain(await rotate(app, token, LONG));
      expect(await listed(app, user)).toEqual([chain[5]]);
      expect(await app.sessions.inspect(chain[5])).toMatchObject({ device: 'phone' });
    });

    test.each([
      ['a revocation of the new token', (app, _user, chain) => app.sessions.revoke(chain[2])],
      ['a revocation of the token before', (app, _user, chain) => app.sessions.revoke(chain[1])],
      ['a revocation of the oldest', (app, _user, chain) => app.sessions.revoke(chain[0])],
      ['a revocation of the user', (app, user) => app.sessions.revokeUser(user)],
      ['a revocation of the user in all skus', (app, user) => app.sessions.revokeUser(user, { allSkus: true })],
      ['a refresh', (app, user) => refresh(app, user)],
    ])('is ended as a whole by %s', async (_name, end) => {
      const [app, user] = [open(), newUser()];
      const chain = [await issue(app, user)];
      for (let i = 0; i < 2; i += 1) chain.push(await rotate(app, chain[i], LONG));
      expect(await end(app, user, chain)).toBeTruthy();
      expect(await liveOf(app, chain)).toEqual([]);
      for (const token of chain) await isDead(app, token);
      const next = await issue(app, user);
      expect(chain).not.toContain(next);
      expect(await listed(app, user)).toEqual([next]);
      for (const token of chain) await isDead(app, token);
      expect(await listed(app, user)).toEqual([next]);
    });

    test('of a dead token rejects with 6007', async () => {
      const [app, user] = [open(), newUser()];
      const [revoked, replaced] = [await issue(app, newUser()), await issue(app, user)];
      await app.sessions.revoke(revoked);
      const token = await refresh(app, user);
      for (const dead of [revoked, replaced]) await isDead(app, dead);
      expect(await isValid(app, token)).toBe(true);
    });

    test('with grace 0 refuses the old token from then on', async () => {
      const [app, user] = [open(), newUser()];
      const old = await issue(app, user);
      const token = await rotate(app, old, { grace: 0 });
      expect(await listed(app, user)).toEqual([token]);
      expect(await isValid(app, token)).toBe(true);
      expect(await isValid(app, old)).toBe(false);
      // Somebody still used it: a stolen copy shows itself.
      expect(await isValid(app, token)).toBe(false);
      await isDead(app, token);
      expect(await listed(app, user)).toEqual([]);
    });

    test('with grace null has the ten seconds of none', async () => {
      const app = open();
      const old = await issue(app, newUser());
      const start = Date.now();
      await rotate(app, old, { grace: null });
      expectBetween((await app.sessions.inspect(old)).expiresAt, start + 10 * SECOND, Date.now() + 10 * SECOND);
    });

    test('takes a grace of an hour', async () => {
      const app = open({ ttl: 7200 });
      const old = await issue(app, newUser());
      const start = Date.now();
      await rotate(app, old, { grace: 3600 });
      expectBetween((await app.sessions.inspect(old)).expiresAt, start + 3600 * SECOND, Date.now() + 3600 * SECOND);
    });
  });

  describe('rotations at once', () => {
    test('20 of one token give one new token', async () => {
      const app = open();
      for (let round = 0; round < 5; round += 1) {
        const user = newUser();
        const old = await issue(app, user);
        const tokens = await atOnce(20, () => rotate(app, old, LONG));
        expect(new Set(tokens).size).toBe(1);
        expect(await listed(app, user)).toEqual([tokens[0]]);
        expect(await liveOf(app, [old, tokens[0]])).toEqual([old, tokens[0]]);
      }
    });

    test('20 of one token without a grace give one new token, or none', async () => {
      const app = open();
      for (let round = 0; round < 5; round += 1) {
        const user = newUser();
        const old = await issue(app, user);
        const answers = await atOnce(20, () =>
          rotate(app, old, { grace: 0 }).catch((error) => {
            expect(error).toMatchObject(NOT_LIVE);
            return null;
          }),
        );
        const given = new Set(answers.filter(Boolean));
        expect(given.size).toBe(1);
        // The second one used a token that was over.
        expect(await liveOf(app, [old, ...given])).toEqual([]);
        expect(await listed(app, user)).toEqual([]);
      }
    });

    test.each([
      ['a revocation of the token', (app, _user, old) => app.sessions.revoke(old)],
      ['a revocation of the user', (app, user) => app.sessions.revokeUser(user)],
      ['a revocation in all skus', (app, user) => app.sessions.revokeUser(user, { allSkus: true })],
    ])('and %s leave nothing', async (_name, end) => {
      const app = open();
      for (let round = 0; round < 12; round += 1) {
        const user = newUser();
        const old = await issue(app, user);
        const given = new Set([old]);
        const answers = await atOnce(6, async (i) => {
          if (i === round % 6) {
            await later(app, round % 4);
            return end(app, user, old);
          }
          return rotate(app, old, LONG).then(
            (token) => given.add(token),
            (error) => expect(error).toMatchObject(NOT_LIVE),
          );
        });
        expect(Number(answers[round % 6])).toBeGreaterThanOrEqual(1);
        expect(given.size).toBeLessThanOrEqual(2);
        expect(await liveOf(app, given)).toEqual([]);
        expect(await listed(app, user)).toEqual([]);
      }
    });

    test('and a refresh leave the token of the refresh', async () => {
      const app = open();
      for (let round = 0; round < 12; round += 1) {
        const user = newUser();
        const old = await issue(app, user);
        const given = new Set([old]);
        const [token] = await atOnce(6, async (i) => {
          if (i === 0) {
            await later(app, round % 4);
            return refresh(app, user);
          }
          return rotate(app, old, LONG).then(
            (next) => given.add(next),
            (error) => expect(error).toMatchObject(NOT_LIVE),
          );
        });
        expect(await liveOf(app, [...given, token])).toEqual([token]);
        expect(await listed(app, user)).toEqual([token]);
      }
    });

    test('and logins give the old token or the new one, no third', async () => {
      const app = open();
      for (let round = 0; round < 10; round += 1) {
        const user = newUser();
        const old = await issue(app, user);
        const tokens = await atOnce(10, async (i) => {
          await later(app, (i * round) % 4);
          return i % 2 ? rotate(app, old, LONG) : issue(app, user);
        });
        const [token] = await listed(app, user);
        expect(await listed(app, user)).toEqual([token]);
        for (const [i, one] of tokens.entries()) expect(i % 2 ? [token] : [old, token]).toContain(one);
        expect(await liveOf(app, [old, token])).toEqual([old, token]);
      }
    });

    test('hide no session: it is valid, inspected and listed all the while', async () => {
      const [app, user] = [open({ sessions: { mode: 'each' } }), newUser()];
      const other = await issue(app, user);
      let token = await issue(app, user);
      for (let round = 0; round < 16; round += 1) {
        const old = token;
        const [next, list, valid, data] = await Promise.all([
          rotate(app, old, LONG),
          later(app, round % 4).then(() => listed(app, user)),
          later(app, round % 4).then(() => isValid(app, old)),
          later(app, round % 4).then(() => app.sessions.inspect(old)),
        ]);
        expect([round, valid, data !== null]).toEqual([round, true, true]);
        expect(list).toHaveLength(2);
        expect(list).toContain(other);
        expect(list.includes(old) || list.includes(next)).toBe(true);
        token = next;
      }
    });

    test('of a session under two of its names are both answered', async () => {
      const [app, user] = [open(), newUser()];
      let old = await issue(app, user);
      let token = await rotate(app, old, LONG);
      for (let round = 0; round < 12; round += 1) {
        const [next, again] = await Promise.all([
          rotate(app, token, LONG),
          later(app, round % 4).then(() => rotate(app, old, LONG)),
        ]);
        expect([token, next]).toContain(again);
        // Only so many rotations within a grace are followed: begin again.
        if (round % 6 === 5) await app.sessions.revoke(next);
        [old, token] = round % 6 === 5 ? [await issue(app, user), null] : [token, next];
        token ??= await rotate(app, old, LONG);
      }
    });

    if (shared) {
      test('through four objects give one new token, which all of them know', async () => {
        const apps = [open(), open(), open({ sku: 'other' }), open({ sessions: { mode: 'each' } })];
        const user = newUser();
        const old = await issue(apps[0], user);
        const tokens = await atOnce(20, (i) => rotate(apps[i % 4], old, { ...LONG, skus: ['shop'] }));
        expect(new Set(tokens).size).toBe(1);
        for (const app of apps) expect(await liveOf(app, [old, tokens[0]])).toEqual([old, tokens[0]]);
        expect(await listed(apps[0], user)).toEqual([tokens[0]]);
      });
    }
  });
}

/**
 * Of `sessions.rotate`, what takes its time: after the grace, and how long a rotated token lives.
 */
function rotatedTokens(open) {
  const uses = {
    isTokenValid: (app, token) => isValid(app, token),
    'sessions.inspect': (app, token) => app.sessions.inspect(token).then(Boolean),
    'sessions.revoke': (app, token) => app.sessions.revoke(token),
    'sessions.rotate': (app, token) =>
      app.sessions.rotate(token).catch((error) => {
        expect(error).toMatchObject(NOT_LIVE);
        return false;
      }),
  };

  const usedLate = Object.entries(uses).map(([name, use]) => [
    `${name} refuses the old token and ends what it became`,
    async () => {
      const [app, user] = [open(), newUser()];
      const old = await issue(app, user);
      const token = await rotate(app, old, { grace: 1 });
      await past(1);
      expect(await isValid(app, token)).toBe(true);
      expect(await use(app, old)).toBe(false);
      expect(await isValid(app, token)).toBe(false);
      expect(await listed(app, user)).toEqual([]);
      for (const dead of [old, token]) await isDead(app, dead);
      const next = await issue(app, user);
      expect([old, token]).not.toContain(next);
      // What is over does not end the user's next session.
      await isDead(app, old);
      expect(await isValid(app, next)).toBe(true);
    },
  ]);

  return [
    ...usedLate,
    [
      'the new token lives on where nobody uses the old one',
      async () => {
        const [app, user] = [open(), newUser()];
        const token = await rotate(app, await issue(app, user), { grace: 1 });
        await past(1);
        await pause(SECOND);
        expect(await listed(app, user)).toEqual([token]);
        expect(await isValid(app, token)).toBe(true);
        expect(await issue(app, user)).toBe(token);
      },
    ],
    [
      'an old token ends all that descend from it, those in their grace too',
      async () => {
        const [app, user] = [open(), newUser()];
        const chain = [await issue(app, user)];
        chain.push(await rotate(app, chain[0], { grace: 1 }));
        chain.push(await rotate(app, chain[1], LONG));
        chain.push(await rotate(app, chain[2], LONG));
        await past(1);
        expect(await liveOf(app, chain.slice(1))).toEqual(chain.slice(1));
        expect(await isValid(app, chain[0])).toBe(false);
        expect(await liveOf(app, chain.slice(1))).toEqual([]);
        expect(await listed(app, user)).toEqual([]);
      },
    ],
    [
      'an old token ends that session alone',
      async () => {
        const [app, user] = [open({ sessions: { mode: 'each' } }), newUser()];
        const [one, two] = [await issue(app, user), await issue(app, user)];
        const token = await rotate(app, one, { grace: 1 });
        await past(1);
        expect(await isValid(app, one)).toBe(false);
        expect(await liveOf(app, [one, token, two])).toEqual([two]);
        expect(await listed(app, user)).toEqual([two]);
      },
    ],
    [
      'is a whole ttl again',
      async () => {
        const app = open();
        const before = await app.sessions.issue(newUser());
        await pause(1200);
        const after = await app.sessions.rotate(before.token);
        expect(after.expiresAt - before.expiresAt).toBeGreaterThan(1000);
      },
    ],
    [
      'ends with its ttl, and the old one with it, whatever is left of its grace',
      async () => {
        const [app, user] = [open({ ttl: 2 }), newUser()];
        const old = await issue(app, user);
        const token = await rotate(app, old, LONG);
        await until(async () => (await app.sessions.inspect(token)) === null, 15000);
        for (const dead of [old, token]) await isDead(app, dead);
        expect(await listed(app, user)).toEqual([]);
        expect([old, token]).not.toContain(await issue(app, user));
      },
    ],
    [
      'outlives the old one, which nobody uses again',
      async () => {
        const [app, user] = [open({ ttl: 2 }), newUser()];
        const old = await issue(app, user);
        let token = old;
        const { issuedAt } = await app.sessions.inspect(old);
        while (Date.now() < issuedAt + 5 * SECOND) {
          await pause(200);
          const next = await rotate(app, token, { grace: 0 }).catch((error) => {
            if (error.code !== 6007) throw error;
          });
          // Only a machine that was busy for a whole ttl lets it die: then begin again.
          token = next || (await issue(app, user));
        }
        expect(await isValid(app, token)).toBe(true);
        expect(await listed(app, user)).toEqual([token]);
      },
    ],
  ];
}

module.exports = { rotation, rotatedTokens };
