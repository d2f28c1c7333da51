'use strict';

const { check } = require('./checker');

/** A register that holds a number, 0 at first. */
const register = {
  initial: { value: 0 },
  step(state, { kind, value }) {
    if (kind === 'read') return state.value === value ? [state] : [];
    return state.value === value ? [state] : [{ value }];
  },
  key: ({ value }) => String(value),
  isLook: ({ kind }) => kind === 'read',
};

const write = (value, call, end, more) => ({ kind: 'write', value, call, return: end, ...more });
const read = (value, call, end, more) => ({ kind: 'read', value, call, return: end, ...more });
const verdict = (...operations) => check(operations, register).verdict;

const YES = 'linearizable';
const NO = 'not linearizable';

test.each([
  ['nothing', []],
  ['one after the other', [write(1, 0, 1), read(1, 2, 3), write(2, 4, 5), read(2, 6, 7)]],
  ['a read during a write that sees it', [write(1, 0, 10), read(1, 2, 3)]],
  ['a read during a write that does not see it', [write(1, 0, 10), read(0, 2, 3)]],
  ['both, in this order', [write(1, 0, 10), read(0, 1, 2), read(1, 3, 4)]],
  ['writes at once, read in either order', [write(1, 0, 10), write(2, 0, 10), read(2, 1, 2), read(1, 3, 4)]],
  ['a write of what is there, which comes later', [write(0, 0, 10), write(1, 1, 2), read(0, 3, 4)]],
  ['a moment that only the first of two orders leaves', [write(1, 0, 3), write(2, 1, 4), read(1, 5, 6)]],
])('%s is linearizable', (_what, operations) => {
  expect(verdict(...operations)).toBe(YES);
});

test.each([
  ['a read of what was never written', [write(1, 0, 1), read(2, 2, 3)]],
  ['a read of what was overwritten before', [write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)]],
  ['a read from before a write that has returned', [write(1, 0, 1), read(0, 2, 3)]],
  ['a write that is seen and then unseen', [write(1, 0, 10), read(1, 1, 2), read(0, 3, 4)]],
  ['writes at once, read in both orders', [write(1, 0, 10), write(2, 0, 10), read(1, 11, 12), read(2, 13, 14)]],
])('%s is not linearizable', (_what, operations) => {
  expect(verdict(...operations)).toBe(NO);
});

test('what nobody knows of may have happened, at any later moment, or not', () => {
  const lost = write(1, 0, Infinity, { optional: true });
  expect(verdict(lost, read(0, 5, 6))).toBe(YES);
  expect(verdict(lost, read(1, 5, 6))).toBe(YES);
  expect(verdict(lost, read(0, 5, 6), read(1, 7, 8), read(1, 9, 10))).toBe(YES);
  expect(verdict(lost, read(1, 5, 6), read(0, 7, 8))).toBe(NO);
  expect(verdict(lost, read(2, 5, 6))).toBe(NO);
});

test('what may have happened until a moment does not happen later', () => {
  const lost = write(1, 0, 4, { optional: true });
  expect(verdict(lost, read(0, 1, 2), read(1, 3, 5))).toBe(YES);
  expect(verdict(lost, read(0, 5, 6), read(1, 7, 8))).toBe(NO);
});

test('what an operation may lead to is tried in every way', () => {
  const coin = {
    initial: 'unknown',
    step: (state, { kind, side }) => (kind === 'flip' ? ['head', 'tail'] : state === side ? [state] : []),
    key: String,
    isLook: ({ kind }) => kind === 'look',
  };
  const flip = { kind: 'flip', call: 0, return: 1 };
  const look = (side, call) => ({ kind: 'look', side, call, return: call + 1 });
  expect(check([flip, look('tail', 2)], coin).verdict).toBe(YES);
  expect(check([flip, look('tail', 2), look('head', 4)], coin).verdict).toBe(NO);
});

test('the longest order that was found, and what could not follow it, are told', () => {
  const wrong = read(3, 4, 5);
  const { done, open } = check([write(1, 0, 1), read(1, 2, 3), wrong], register);
  expect(done).toEqual([write(1, 0, 1), read(1, 2, 3)]);
  expect(open).toEqual([wrong]);
});

test('many at once are judged in few steps', () => {
  const writes = Array.from({ length: 12 }, (_, i) => write(i + 1, 0, 100 + i));
  const reads = writes.map(({ value }, i) => read(value, 2 + 2 * i, 3 + 2 * i)).reverse();
  const inOrder = reads.map((one, i) => ({ ...one, call: 2 + 2 * i, return: 3 + 2 * i }));
  const { verdict: is, steps } = check([...writes, ...inOrder], register);
  expect(is).toBe(YES);
  expect(steps).toBeLessThan(100000);
});
