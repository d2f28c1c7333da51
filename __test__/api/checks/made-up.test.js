'use strict';

// Tokens that somebody has made up, checked at the same moment as live ones.

const { issue, setting } = require('../../support');
const { tcpProxy } = require('../../support/tcp-proxy');

const MADE_UP = `o1|shop|${'0a'.repeat(32)}`;

const here = setting();

/**
 * A proxy that carries the answer to one request of checks, and holds or cuts what follows it from
 * when `arm` is called.
 */
async function afterOneAnswer(how) {
  const state = { armed: false, answers: 0 };
  const { url } = await tcpProxy(here.server.port, () => ({
    toClient(piece, client) {
      if (state.armed) state.answers += 1;
      if (state.answers <= 1) return client.write(piece);
      if (how === 'cut') return client.destroy();
      return new Promise(() => {}); // it never comes
    },
  }));
  return { url, arm: () => Object.assign(state, { armed: true }) };
}

test.each(['hold', 'cut'])(
  'live tokens are answered for, whatever becomes of the second look at a made-up one (%s)',
  async (how) => {
    const way = await afterOneAnswer(how);
    const app = here.open({ tokens: { url: way.url, deadline: 1500 }, options: { sessions: { mode: 'each' } } });
    const tokens = [await issue(app, 'o1'), await issue(app, 'o2'), await issue(app, 'o3')];
    await app.isTokenValid(tokens[0]);
    way.arm();
    let settled = false;
    const madeUp = app.isTokenValid(MADE_UP).then(
      () => 'valid',
      (reason) => {
        settled = true;
        return reason;
      },
    );
    await Promise.all(tokens.map((token) => app.isTokenValid(token)));
    expect(settled).toBe(false);
    const reason = await madeUp;
    expect(reason === undefined || reason.code === 6000).toBe(true);
  },
);
