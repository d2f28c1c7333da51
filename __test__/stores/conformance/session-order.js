'use strict';

const { atOnce, issue, isValid, listed, liveOf, newUser, refresh, rotate } = require('../../support');

/**
 * The order of a user's sessions is that of their logins, not of a clock: within one millisecond,
 * and when the clock goes back.
 *
 * @param ahead makes the sessions that a user has look as if they came from a clock that was an
 *   hour ahead; missing where that cannot be done from outside
 */
function sessionOrder(open, { ahead }) {
  const app = (max) => open({ sessions: { mode: 'each', max } });

  describe('the order of sessions', () => {
    test('is that of the logins, however fast they follow', async () => {
      const here = app();
      const users = Array.from({ length: 100 }, newUser);
      await atOnce(100, async (i) => {
        const tokens = [];
        for (let n = 0; n < 4; n += 1) tokens.push(await issue(here, users[i]));
        expect(await listed(here, users[i])).toEqual(tokens);
        const times = (await here.sessions.list(users[i])).map(({ issuedAt }) => issuedAt);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b)); // strictly rising
      });
    });

    test('decides which of them ends: the oldest, never the new one', async () => {
      const here = app(2);
      const users = Array.from({ length: 200 }, newUser);
      await atOnce(200, async (i) => {
        const tokens = [];
        for (let n = 0; n < 5; n += 1) {
          tokens.push(await issue(here, users[i]));
          expect(await liveOf(here, tokens)).toEqual(tokens.slice(-2));
        }
      });
    });

    test('counts a rotation as the newest', async () => {
      const here = app(2);
      const user = newUser();
      const [a, b] = [await issue(here, user), await issue(here, user)];
      const rotated = await rotate(here, a, { grace: 0 });
      expect(await listed(here, user)).toEqual([b, rotated]);
      const c = await issue(here, user);
      expect(await liveOf(here, [b, rotated, c])).toEqual([rotated, c]);
    });

    if (!ahead) return;

    test('holds when the clock goes back by an hour', async () => {
      const here = app(2);
      const user = newUser();
      const [a, b] = [await issue(here, user), await issue(here, user)];
      await ahead(user);
      const c = await issue(here, user);
      expect(await isValid(here, c)).toBe(true);
      expect(await liveOf(here, [a, b, c])).toEqual([b, c]);
      expect(await listed(here, user)).toEqual([b, c]);
      const d = await rotate(here, b, { grace: 0 });
      expect(await listed(here, user)).toEqual([c, d]);
      const [fresh, last] = [await issue(here, user), await refresh(here, user)];
      expect(await liveOf(here, [c, d, fresh, last])).toEqual([last]);
      expect(await listed(here, user)).toEqual([last]);
    });
  });
}

module.exports = { sessionOrder };
