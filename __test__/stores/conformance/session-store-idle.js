'use strict';

const {
  issue,
  isValid,
  listed,
  liveOf,
  newUser,
  NOT_LIVE,
  pause,
  rejection,
  rotate,
  SECOND,
  until,
  untilSettled,
} = require('../../support');
const { expectBetween } = require('./support');

/** Longer than any wait here. */
const LONG = 600;

/** Of `options.sessions.idle`, which takes its time. */
function idleSessions(open, { loginByCode }) {
  const idle = (seconds, given) => open({ sessions: { idle: seconds }, ...given });
  const each = (seconds, given) => open({ sessions: { mode: 'each', idle: seconds }, ...given });

  /** Resolves when a token has ended by itself. Inspecting is no use of it. */
  const isOver = (app, token) => until(async () => (await app.sessions.inspect(token)) === null, 15000);

  /**
   * Uses a token until another, unused and issued after it, is over. Whether it was used without a
   * break: a machine that stops for a whole idle time proves nothing, so it is done again.
   */
  async function keptInUse(app, seconds, use) {
    for (;;) {
      const [token, unused] = [await issue(app, newUser()), await issue(app, newUser())];
      let last = performance.now();
      let longest = 0;
      await untilSettled(isOver(app, unused), async () => {
        await use(app, token);
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      });
      if (longest < (seconds * SECOND) / 2) return token;
    }
  }

  return [
    [
      'ends a token that is not used',
      async () => {
        const [app, user] = [idle(1), newUser()];
        const token = await issue(app, user);
        expect(await isValid(app, token)).toBe(true);
        await isOver(app, token);
        expect(await isValid(app, token)).toBe(false);
        expect(await listed(app, user)).toEqual([]);
        expect(await rejection(app.sessions.rotate(token))).toMatchObject(NOT_LIVE);
        expect(await app.sessions.revoke(token)).toBe(false);
        expect(await app.sessions.revokeUser(user)).toBe(0);
        expect(await issue(app, user)).not.toBe(token);
      },
    ],
    [
      'ends the unused ones of a user, and leaves those in use',
      async () => {
        const [app, user] = [each(2), newUser()];
        for (;;) {
          const tokens = [await issue(app, user), await issue(app, user), await issue(app, user)];
          const gone = Promise.all([isOver(app, tokens[0]), isOver(app, tokens[2])]);
          await untilSettled(gone, () => isValid(app, tokens[1]));
          if (!(await isValid(app, tokens[1]))) continue; // the machine stopped for two seconds
          expect(await liveOf(app, tokens)).toEqual([tokens[1]]);
          expect(await listed(app, user)).toEqual([tokens[1]]);
          return;
        }
      },
    ],
    [
      'is extended by a check',
      async () => {
        const app = idle(2);
        const token = await keptInUse(app, 2, isValid);
        expect(await isValid(app, token)).toBe(true);
      },
    ],
    [
      'is extended by a login that gives the token',
      async () => {
        const app = idle(2);
        const owner = (token) => app.extractOpenId(token);
        const seen = [];
        const token = await keptInUse(app, 2, async (_app, one) => {
          seen.push([await issue(app, owner(one)), one]);
          seen.push([await loginByCode(app, owner(one)), one]);
        });
        expect(seen.filter(([given, one]) => one === token && given !== token)).toEqual([]);
        expect(await isValid(app, token)).toBe(true);
      },
    ],
    [
      'is not extended by looking: inspect and list',
      async () => {
        const [app, user] = [idle(1), newUser()];
        const token = await issue(app, user);
        // isOver inspects a hundred times a second.
        await untilSettled(isOver(app, token), () => app.sessions.list(user));
        expect(await isValid(app, token)).toBe(false);
      },
    ],
    [
      'is extended over and over, but never past the ttl',
      async () => {
        const app = idle(2, { ttl: 3 });
        const token = await issue(app, newUser());
        const { expiresAt } = await app.sessions.inspect(token);
        await until(async () => !(await isValid(app, token)), 15000);
        expect(Date.now()).toBeGreaterThanOrEqual(expiresAt - 20);
      },
    ],
    [
      'that is longer than the ttl does not prolong that',
      async () => {
        const app = idle(LONG, { ttl: 1 });
        const token = await issue(app, newUser());
        await until(async () => !(await isValid(app, token)), 15000);
        expect(await app.sessions.inspect(token)).toBeNull();
      },
    ],
    [
      'begins anew with a rotation',
      async () => {
        const app = idle(2);
        for (;;) {
          const [rotated, unused] = [await issue(app, newUser()), await issue(app, newUser())];
          await pause(SECOND);
          const start = performance.now();
          const next = await rotate(app, rotated, { grace: LONG }).catch(() => null);
          await isOver(app, unused);
          const valid = next !== null && (await isValid(app, next));
          if (performance.now() - start > 2 * SECOND) continue; // too slow to say
          expect(valid).toBe(true);
          return;
        }
      },
    ],
    [
      'is extended by the use of an old token in its grace',
      async () => {
        const app = idle(2);
        const news = new Map();
        const old = await keptInUse(app, 2, async (_app, token) => {
          if (!news.has(token)) news.set(token, await rotate(app, token, { grace: LONG }));
          await isValid(app, token);
        });
        expect(await liveOf(app, [old, news.get(old)])).toEqual([old, news.get(old)]);
      },
    ],
    [
      'ends a rotated token with all its names',
      async () => {
        const app = idle(1);
        const old = await issue(app, newUser());
        const token = await rotate(app, old, { grace: LONG });
        await isOver(app, token);
        expect(await liveOf(app, [old, token])).toEqual([]);
      },
    ],
    [
      'is told by lastSeenAt, which a use moves and a look does not',
      async () => {
        const app = idle(10);
        const start = Date.now();
        const { token, expiresAt } = await app.sessions.issue(newUser());
        const first = await app.sessions.inspect(token);
        expect(first).toEqual({
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          userId: app.extractOpenId(token),
          sku: 'shop',
          issuedAt: expect.any(Number),
          expiresAt: expect.any(Number),
          lastSeenAt: expect.any(Number),
        });
        expectBetween(first.lastSeenAt, start, Date.now());
        expectBetween(first.expiresAt, expiresAt, expiresAt);
        await pause(1500); // more than a tenth of the idle time, so that it is written
        expect((await app.sessions.inspect(token)).lastSeenAt).toBe(first.lastSeenAt);
        const used = Date.now();
        expect(await isValid(app, token)).toBe(true);
        const second = await app.sessions.inspect(token);
        expectBetween(second.lastSeenAt, used, Date.now());
        // The end of the ttl stays where it was.
        expect(second.issuedAt).toBe(first.issuedAt);
        expectBetween(second.expiresAt, first.expiresAt, first.expiresAt);
        expect((await app.sessions.list(app.extractOpenId(token)))[0].lastSeenAt).toBe(second.lastSeenAt);
      },
    ],
    [
      'that there is not has no lastSeenAt',
      async () => {
        const app = open();
        const token = await issue(app, newUser());
        await isValid(app, token);
        expect(await app.sessions.inspect(token)).not.toHaveProperty('lastSeenAt');
      },
    ],
  ].map(([name, run]) => [`an idle time ${name}`, run]);
}

module.exports = { idleSessions };
