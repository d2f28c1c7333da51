'use strict';

// A change reads first what it tells its script. What others do between the two is rare, and made
// here at will: a proxy holds a script until they have done it.

const {
  createApp,
  everybody,
  issue,
  isValid,
  listed,
  liveOf,
  login,
  pause,
  refresh,
  rejection,
  rotate,
  setting,
  writeLegacyToken,
} = require('../../support');
const { tcpProxy } = require('../../support/tcp-proxy');
const { adopted, markerKey } = require('./support');

const NOT_LIVE = { code: 6007 };

// Without EVALSHA every script is sent as its text, by which the proxy knows it.
const here = setting({ args: ['--rename-command', 'EVALSHA', ''] });

/**
 * An object whose script that has one of these lines is held each time until what stands by that,
 * `meanwhile(which)`, has been done, and one that nothing holds.
 */
async function holding(lines, options) {
  let count = 0;
  const toServer = async (piece, server) => {
    const line = Object.keys(lines).find((each) => piece.includes(each));
    if (line) {
      count += 1;
      await lines[line](count);
    }
    server.write(piece);
  };
  const { url } = await tcpProxy(here.server.port, () => ({ toServer }));
  const open = (tokens) => createApp({ wechat: here.wechat, db: everybody(), tokens, options });
  return { held: open(url), other: open(here.server.url), holds: () => count };
}

test('what is revoked while it is rotated ends with what has taken its place', async () => {
  const tokens = [];
  const meanwhile = async (which) => {
    if (which === 1) tokens.push(await rotate(other, tokens[0]));
  };
  const { held, other } = await holding({ '-- Ends a session.': meanwhile });
  tokens.push(await issue(other, 'o1'));
  expect(await held.sessions.revoke(tokens[0])).toBe(true);
  expect(tokens).toHaveLength(2);
  expect(await liveOf(other, tokens)).toEqual([]);
});

test('nobody rotates out of a session that is being ended', async () => {
  const refusals = [];
  const meanwhile = async (which) => {
    if (which === 1) tokens.push(await rotate(other, tokens[2], { grace: 0 }));
    else refusals.push(await rejection(other.sessions.rotate(tokens[3], { grace: 0 })));
  };
  const { held, other } = await holding({ '-- Ends a session.': meanwhile });
  const tokens = [await issue(other, 'o1')];
  for (let i = 0; i < 2; i += 1) tokens.push(await rotate(other, tokens[i], { grace: 0 }));
  expect(await isValid(held, tokens[0])).toBe(false); // it is a copy: its session ends
  expect(refusals).toEqual([expect.objectContaining(NOT_LIVE)]);
  expect(await liveOf(other, tokens)).toEqual([]);
});

test('a login that others have kept from making room ends the oldest sessions, not its own', async () => {
  const others = [];
  const meanwhile = async () => {
    for (let i = 0; i < 2; i += 1) others.push(await issue(other, 'o1'));
    await pause(600); // until the login no longer looks again
  };
  const { held, other, holds } = await holding(
    { '-- Issues a token': meanwhile },
    { sessions: { mode: 'each', max: 2 } },
  );
  const token = await issue(held, 'o1');
  expect(holds()).toBeGreaterThan(1);
  expect(await listed(other, 'o1')).toEqual([others.at(-1), token]);
});

test.each([
  ['another end of all', ({ sessions }) => sessions.revokeUser('o1'), 0],
  ['a login', (app) => issue(app, 'o1'), expect.any(String)],
])('what %s finds between the two steps of an end of all, that end counts', async (_what, act, answer) => {
  const tokens = [];
  const answers = [];
  const steps = {
    '-- Ends every token': async () => tokens.push(await issue(other, 'o1')),
    '-- Ends those of some': async () => answers.push(await act(other)),
  };
  const { held, other } = await holding(steps, { sessions: { mode: 'each' } });
  expect(await held.sessions.revokeUser('o1')).toBe(tokens.length);
  expect(tokens.length).toBeGreaterThan(1);
  expect(answers).toEqual([answer]);
  expect(await liveOf(other, tokens)).toEqual([]);
  const reasons = await Promise.all(tokens.map((token) => other.sessions.explain(token)));
  expect(new Set(reasons)).toEqual(new Set(['revoked']));
  // Each was told of once, by who came to it.
  expect([held, other].map((app) => app.stats().ended.revoked)).toEqual([tokens.length - 1, 1]);
});

test('a backfill that a token of 1.3.2 disturbs at its end is repeated', async () => {
  const legacy = () => writeLegacyToken(here.redis, 'o1', 'shop');
  const tokens = [];
  let armed = false;
  const meanwhile = async () => {
    if (!armed) return;
    armed = false;
    tokens.push(await legacy(), await legacy());
    await isValid(other, tokens[0]); // lists it alone
  };
  const { held, other, holds } = await holding({ '-- Writes into the marker': meanwhile });
  await adopted(here.redis);
  await here.redis.del(markerKey());
  armed = true;
  const before = holds();
  await login(held, here.wechat, 'o2'); // finds none, so all are looked for
  await adopted(here.redis);
  expect(holds()).toBeGreaterThan(before + 1);
  const token = await refresh(other, 'o1');
  expect(await liveOf(other, [...tokens, token])).toEqual([token]);
});
