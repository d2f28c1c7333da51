'use strict';

const { check } = require('./checker');
const { histories } = require('./history');
const { model } = require('./sessions');

const POLICY = { ttl: 1000, grace: 1000 };

/** More sessions than there are here. */
const MANY = 1000;

/** A token of a session, by a letter, and the number of its rotations. */
const token = (session, turn = 0) =>
  `u|shop|${session.charCodeAt(0).toString(16).padStart(32, '0')}${String(turn).padStart(32, '0')}`;

const [A, A1, A2, B] = [token('A'), token('A', 1), token('A', 2), token('B')];

/** A call with what it was answered; 'lost' where nobody heard that. */
let count = 0;
function call(kind, from, to, { answer, ...given }) {
  count += 1;
  const id = String(count);
  const end = answer === 'lost' ? { id, return: to, failed: true } : { id, return: to, answer };
  return [{ id, client: 'c1', kind, user: 'u', call: from, ...given }, end];
}

const login = (answer, from, to, more) => call('login', from, to, { answer, ...more });
const verify = (of, answer, from, to, more) => call('verify', from, to, { token: of, answer, ...more });
const rotate = (of, answer, from, to, grace = 'long', more = {}) =>
  call('rotate', from, to, { token: of, answer, grace, ...more });
const revoke = (of, answer, from, to) => call('revoke', from, to, { token: of, answer });
const revokeUser = (answer, from, to) => call('revokeUser', from, to, { answer });

function isExplained(calls, { marks, troubles, max = MANY, ...policy } = {}) {
  const given = { marks, troubles, policy: { ...POLICY, ...policy } };
  const events = calls.flat().map((event) => ({ ...event, max }));
  return [...histories(events, given).values()].every(
    (operations) => check(operations, model).verdict === 'linearizable',
  );
}

const BOTH = [login(A, 0, 1), login(B, 0, 1)];

test.each([
  ['a live token', [login(A, 0, 1), verify(A, true, 2, 3)]],
  [
    'one that is ended meanwhile',
    [login(A, 0, 1), revoke(A, true, 2, 9), verify(A, true, 3, 4), verify(A, false, 5, 6)],
  ],
  [
    'both names of a session in its grace',
    [login(A, 0, 1), rotate(A, A1, 2, 3), verify(A, true, 4, 5), verify(A1, true, 6, 7)],
  ],
  ['the same new token for who rotates an old one', [login(A, 0, 1), rotate(A, A1, 2, 3), rotate(A, A1, 4, 5)]],
  ['one of two rotations at once that lead', [login(A, 0, 1), rotate(A, A1, 2, 9), rotate(A, A1, 2, 9)]],
  [
    'the end of a session by a token after its grace',
    [login(A, 0, 1), rotate(A, A1, 2, 3, 0), verify(A, false, 4, 5), verify(A1, false, 6, 7)],
  ],
  ['the end of all', [...BOTH, revokeUser(2, 2, 3), verify(A, false, 4, 5), verify(B, false, 4, 5)]],
  [
    'an end whose reply was lost',
    [login(A, 0, 1), revoke(A, 'lost', 2, 3), verify(A, true, 4, 5), verify(A, false, 6, 7)],
  ],
  [
    'a rotation whose reply was lost',
    [login(A, 0, 1), rotate(A, 'lost', 2, 3), rotate(A, A1, 4, 5), verify(A1, true, 6, 7)],
  ],
  ['a login of which nobody was told', [login(A, 0, 1), login('lost', 0, 1), revokeUser(2, 2, 3)]],
])('explains %s', (_what, calls) => {
  expect(isExplained(calls)).toBe(true);
});

test.each([
  ['a token that lives after its end', [login(A, 0, 1), revoke(A, true, 2, 3), verify(A, true, 4, 5)]],
  ['one that dies by itself', [login(A, 0, 1), verify(A, false, 2, 3)]],
  ['one that comes back', [login(A, 0, 1), revoke(A, true, 2, 9), verify(A, false, 3, 4), verify(A, true, 5, 6)]],
  ['two tokens in place of one', [login(A, 0, 1), rotate(A, A1, 2, 9), rotate(A, A2, 2, 9)]],
  ['a rotation out of an ended session', [login(A, 0, 1), revokeUser(1, 2, 3), rotate(A, A1, 4, 5)]],
  ['an old token after its grace', [login(A, 0, 1), rotate(A, A1, 2, 3, 0), verify(A, true, 4, 5)]],
  [
    'a copy that did not end its session',
    [login(A, 0, 1), rotate(A, A1, 2, 3, 0), verify(A, false, 4, 5), verify(A1, true, 6, 7)],
  ],
  ['a wrong count', [...BOTH, revokeUser(1, 2, 3)]],
  ['an end that says that it ended nothing', [login(A, 0, 1), revoke(A, false, 2, 3)]],
  ['the eviction of a newer one', [...BOTH, login(token('C'), 2, 3), verify(token('C'), false, 4, 5)], { max: 2 }],
])('does not explain %s', (_what, calls, policy = {}) => {
  expect(isExplained(calls, policy)).toBe(false);
});

test('the oldest session ends where there are too many', () => {
  const calls = [login(A, 0, 1), login(B, 2, 3), verify(A, false, 4, 5), verify(B, true, 4, 5)];
  expect(isExplained(calls, { max: 1 })).toBe(true);
  expect(isExplained(calls, { max: 2 })).toBe(false);
});

test('a brief token ends when it is due, not earlier and not later', () => {
  const brief = { brief: true };
  const looked = (answer, at) => isExplained([login(A, 0, 5, brief), verify(A, answer, at, at + 1, brief)]);
  expect([looked(true, 500), looked(false, 500)]).toEqual([true, false]);
  expect([looked(true, 1200), looked(false, 1200)]).toEqual([false, true]);
  expect([looked(true, 1000), looked(false, 1000)]).toEqual([true, true]);
});

test('a brief grace ends when it is due', () => {
  const looked = (answer, at) =>
    isExplained([login(A, 0, 1), rotate(A, A1, 2, 7, 'brief'), verify(A, answer, at, at + 1)]);
  expect([looked(true, 500), looked(false, 500)]).toEqual([true, false]);
  expect([looked(true, 1200), looked(false, 1200)]).toEqual([false, true]);
});

test('what somebody emptied is empty', () => {
  const marks = [{ kind: 'flush', call: 4, return: 6 }];
  const calls = [login(A, 0, 1), verify(A, true, 2, 3), verify(A, false, 7, 8)];
  expect(isExplained(calls, { marks })).toBe(true);
  expect(isExplained(calls)).toBe(false);
  expect(isExplained([login(A, 0, 1), verify(A, true, 7, 8)], { marks })).toBe(false);
});

test('a failover may lose the last that was acknowledged, and nothing from before', () => {
  const marks = [
    { kind: 'risk', call: 10, return: 10 },
    { kind: 'failover', call: 20, return: 30 },
  ];
  const early = [login(A, 0, 1), revoke(A, true, 2, 3), verify(A, true, 40, 41)];
  const late = [login(A, 0, 1), revoke(A, true, 12, 13), verify(A, false, 14, 15), verify(A, true, 40, 41)];
  const spared = [login(A, 0, 1), revoke(A, true, 12, 13), verify(A, false, 40, 41)];
  expect([early, late, spared].map((calls) => isExplained(calls, { marks }))).toEqual([false, true, true]);
  // What came later than the first that is lost, is lost as well.
  const gap = [
    ...BOTH,
    revoke(A, true, 12, 13),
    revoke(B, true, 14, 15),
    verify(A, true, 40, 41),
    verify(B, false, 40, 41),
  ];
  expect(isExplained(gap, { marks })).toBe(false);
});

test('who lost a reply asks again, and may hear less than was done', () => {
  const troubles = [{ from: 0, to: 10 }];
  expect(isExplained([login(A, 0, 1), revoke(A, false, 2, 3), verify(A, false, 4, 5)], { troubles })).toBe(true);
  expect(isExplained([login(A, 0, 1), revoke(A, false, 2, 3), verify(A, true, 4, 5)], { troubles })).toBe(false);
  expect(isExplained([...BOTH, revokeUser(0, 2, 3)], { troubles })).toBe(true);
});

test('what fails in a file has done nothing', () => {
  const calls = [login(A, 0, 1), revoke(A, 'lost', 2, 3), verify(A, false, 4, 5)];
  expect([undefined, true].map((isWhole) => isExplained(calls, { isWhole }))).toEqual([true, false]);
});

test('an end of all sessions may take two steps where redis is slow', () => {
  const calls = [...BOTH, revokeUser(2, 2, 9), verify(A, false, 3, 4), verify(B, true, 5, 6), rotate(B, null, 7, 8)];
  const after = [...calls, verify(B, true, 10, 11)];
  const troubles = [{ from: 0, to: 12 }];
  expect([calls, after].map((each) => isExplained(each, { troubles }))).toEqual([true, false]);
  expect(isExplained(calls)).toBe(false);
});

test('a cache may be wrong for a while, but for what its own process has ended', () => {
  const looked = (client, at) =>
    isExplained([login(A, 0, 1), revoke(A, true, 2, 3), verify(A, true, at, at + 1, { client })], { stale: 300 });
  expect([looked('c2', 250), looked('c2', 400), looked('c1', 250)]).toEqual([true, false, false]);
});
