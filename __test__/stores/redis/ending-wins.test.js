'use strict';

// Whoever keeps changing a user's sessions holds nobody off, least of all who ends them.

const { atOnce, issue, isValid, listed, liveOf, login, refresh, rotate, setting } = require('../../support');
const { slowProxy } = require('../../support/tcp-proxy');

/** Milliseconds to redis, for all but the one who is next to it. */
const FAR = 4;

const LIMIT = 60000;

describe.each(['compatible', 'tagged'])(
  'beside a client that rotates one token again and again (layout %s)',
  (layout) => {
    const here = setting();

    /**
     * An object far from redis, and one next to it that rotates a token of o1 in a loop until
     * `stop`, which resolves with its tokens.
     */
    async function beside(sessions) {
      const far = await slowProxy(here.server.port, FAR);
      const options = { sessions };
      const app = here.open({ tokens: { url: far.url, layout }, options });
      const near = here.open({ tokens: { url: here.server.url, layout }, options });
      const tokens = [await issue(near, 'o1')];
      let stops = false;
      let rotations = 0;
      const loop = (async () => {
        while (!stops) {
          const token = await rotate(near, tokens[tokens.length - 1]).catch(() => null);
          if (token === null) break;
          tokens.push(token);
          rotations += 1;
        }
      })();
      const stop = async () => {
        stops = true;
        await loop;
        return { tokens, rotations };
      };
      return { app, near, stop };
    }

    test.each([
      ['revokeUser', (app) => app.sessions.revokeUser('o1')],
      ['revokeUser in all skus', (app) => app.sessions.revokeUser('o1', { allSkus: true })],
      ['refreshToken', (app) => refresh(app, 'o1')],
      ['forget', (app) => app.forget('o1')],
    ])(
      '%s ends all that it has issued, and it rotates no more',
      async (_name, end) => {
        const { app, near, stop } = await beside({ mode: 'each', max: 5 });
        const answer = await end(app);
        const { tokens } = await stop(); // the loop has ended by itself
        expect(answer).toBeTruthy();
        expect(await liveOf(near, tokens.slice(-20))).toEqual([]);
        expect(await listed(near, 'o1')).toEqual(typeof answer === 'string' ? [answer] : []);
      },
      LIMIT,
    );

    test(
      'a revocation of the token ends the session',
      async () => {
        const { app, near, stop } = await beside({ mode: 'each' });
        // It has been rotated away when the revocation comes: in its grace it is a name of the
        // session, and once 16 others came after it, a copy. The session ends either way.
        const [token] = await listed(near, 'o1');
        await app.sessions.revoke(token);
        const { tokens } = await stop();
        expect(await liveOf(near, tokens.slice(-20))).toEqual([]);
        expect(await listed(near, 'o1')).toEqual([]);
      },
      LIMIT,
    );

    test.each([
      ['each', { mode: 'each', max: 2 }],
      ['each, one at a time', { mode: 'each', max: 1 }],
      ['shared', { mode: 'shared' }],
    ])(
      'a login is answered (%s)',
      async (_name, sessions) => {
        const { app, near, stop } = await beside(sessions);
        const token = await login(app, here.wechat, 'o1');
        await stop();
        expect(token).toMatch(/^o1\|shop\|/);
        // One token too many harms nobody, a login that is held off does.
        expect((await listed(near, 'o1')).length).toBeLessThanOrEqual(2);
      },
      LIMIT,
    );
  },
);

describe('300 calls of one user at once, 4 ms from redis,', () => {
  const here = setting();
  const open = async (sessions) => {
    const { url } = await slowProxy(here.server.port, FAR);
    return here.open({ tokens: url, options: { sessions } });
  };

  test.each([
    ['each', { mode: 'each' }, 300],
    ['each, at most 5', { mode: 'each', max: 5 }, 5],
    ['each, at most 1', { mode: 'each', max: 1 }, 1],
    ['shared', { mode: 'shared' }, 1],
  ])(
    'logins (%s): none is rejected',
    async (_name, sessions, left) => {
      const app = await open(sessions);
      const tokens = await atOnce(300, () => issue(app, 'o1'));
      expect(new Set(tokens).size).toBe(sessions.mode === 'shared' ? 1 : 300);
      const live = await liveOf(app, tokens);
      expect(live).toHaveLength(left);
      expect((await listed(app, 'o1')).sort()).toEqual(live.sort());
    },
    LIMIT,
  );

  test(
    'refreshes: none is rejected, and one token is left',
    async () => {
      const app = await open({ mode: 'shared' });
      const tokens = await atOnce(300, () => refresh(app, 'o1'));
      expect(new Set(tokens).size).toBe(300);
      const live = await liveOf(app, tokens);
      expect(live).toHaveLength(1);
      expect(await login(app, here.wechat, 'o1')).toBe(live[0]);
    },
    LIMIT,
  );

  test(
    'logins and refreshes mixed: none is rejected, and what is left are tokens that were given',
    async () => {
      const app = await open({ mode: 'shared' });
      const tokens = await atOnce(300, (i) => (i % 3 === 0 ? refresh(app, 'o1') : issue(app, 'o1')));
      const live = await listed(app, 'o1');
      expect(live.length).toBeGreaterThan(0);
      for (const token of live) expect(tokens).toContain(token);
      const last = await refresh(app, 'o1');
      expect(await liveOf(app, [...tokens, last])).toEqual([last]);
    },
    LIMIT,
  );

  test(
    'rotations of as many sessions: none is rejected',
    async () => {
      const app = await open({ mode: 'each' });
      const old = await atOnce(100, () => issue(app, 'o1'));
      const tokens = await atOnce(100, (i) => rotate(app, old[i], { grace: 0 }));
      expect((await listed(app, 'o1')).sort()).toEqual([...tokens].sort());
      expect(await isValid(app, tokens[7])).toBe(true);
    },
    LIMIT,
  );
});
