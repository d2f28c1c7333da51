'use strict';

// From what clients have recorded to histories that can be checked, one for each user: operations
// without an answer, what happens by itself when a time has come, and what a fault does to all.

const { VAGUE, LONG, SPENT, nameOf } = require('./sessions');

/** How much later than due a token may be found to have ended, or earlier, in milliseconds. */
const SLACK = 60;

/** The least time between what came one after the other. */
const TICK = 0.001;

const overlaps = (operation, { from, to }) => operation.call <= to && operation.return >= from;

/**
 * What may have taken effect once more than it was answered for, as its first reply was lost; or in
 * two steps.
 */
const REPEATED = ['rotate', 'revoke', 'revokeUser'];

/**
 * The operations of each user, as the checker takes them.
 *
 * @param events  of the clients: { id, kind, user, max, call, … } and { id, return, answer } or
 *   { id, return, failed }; `max` is how many sessions the user may have
 * @param marks   what happened to all users: { kind, call, return }
 * @param troubles when calls may have been repeated: { from, to }
 * @param policy  { ttl, grace, stale, isWhole }: of brief tokens and brief graces in milliseconds;
 *   for how long a cache may be wrong; whether what fails has done nothing
 */
function histories(events, { marks = [], troubles = [], policy }) {
  const users = new Map();
  for (const operation of joined(events, policy)) {
    if (!users.has(operation.user)) users.set(operation.user, []);
    users.get(operation.user).push(operation);
  }
  return new Map([...users].map(([user, own]) => [user, history(own, { marks, troubles, policy })]));
}

/**
 * Calls with their returns. One that has none, or failed, is optional for ever; or has done nothing
 * where failures are whole.
 */
function joined(events, { isWhole }) {
  const calls = new Map();
  for (const event of events) {
    if (event.kind) calls.set(event.id, { ...event, optional: true, return: Infinity });
    else if (event.failed && isWhole) calls.delete(event.id);
    else if (!event.failed) Object.assign(calls.get(event.id), { ...event, optional: false });
  }
  return [...calls.values()];
}

function history(own, { marks, troubles, policy }) {
  const lost = own.filter(({ kind, optional }) => kind === 'login' && optional);
  const known = own.filter((operation) => !lost.includes(operation));
  const to = Math.max(...own.filter(({ optional }) => !optional).map((operation) => operation.return));
  const from = Math.min(...own.map(({ call }) => call));
  const ends = own.filter(({ kind }) => kind === 'revokeUser');
  const operations = known.map((operation) => prepared(operation, { lost, ends, troubles }));
  const repeats = operations.filter((operation) => operation.loose && REPEATED.includes(operation.kind));
  return [
    ...(policy.stale ? operations.map((one) => stale(one, operations, policy.stale)) : operations),
    ...repeats.map((one) => ({ ...one, id: `${one.id}'`, answer: undefined, optional: true, isPart: true })),
    ...endings(operations, policy),
    ...marks.filter((mark) => overlaps(mark, { from, to })),
  ];
}

/** An operation with what its answer has to be judged by. */
function prepared(operation, { lost, ends, troubles }) {
  const loose = !operation.optional && troubles.some((trouble) => overlaps(operation, trouble));
  const strangers = lost.filter(({ call }) => call <= operation.return).length;
  const isMarked = loose && ends.some(({ call, return: to }) => overlaps(operation, { from: call, to }));
  const { kind, grace } = operation;
  const known = { ...operation, loose, isMarked, strangers };
  return kind === 'rotate' ? { ...known, grace: graceOf(grace, operation) } : known;
}

/** What the old token of a rotation is from then on. */
function graceOf(grace, { id, optional }) {
  if (grace === 0) return SPENT;
  if (grace === 'long') return LONG;
  return optional ? VAGUE : id;
}

/** The ends of tokens that were brief, and of graces: each in the time in which it must come. */
function endings(operations, policy) {
  const due = (operation, after) => ({
    call: Math.max(operation.return, operation.call + after - SLACK),
    return: operation.return + after + SLACK,
  });
  const graces = operations.filter(({ kind, grace, id }) => kind === 'rotate' && grace === id);
  const unknown = operations.filter(({ kind, brief, optional }) => kind === 'rotate' && brief && optional);
  return [
    ...unknown.map((one) => ({ ...one, kind: 'expire', token: `?${one.id}`, call: one.call + policy.ttl - SLACK })),
    ...graces.map((one) => ({ kind: 'wane', token: one.token, by: one.id, ...due(one, policy.grace) })),
    ...births(operations).map((one) => ({ kind: 'expire', token: one.answer, ...due(one, policy.ttl) })),
  ];
}

/** Of each brief token in which time it was issued, and when it was first told to somebody. */
function births(operations) {
  const first = new Map();
  for (const one of operations) {
    if (!one.brief || !['login', 'rotate'].includes(one.kind) || !one.answer) continue;
    const before = first.get(one.answer);
    if (!before || one.return < before.return) first.set(one.answer, one);
  }
  return [...first.values()].map((one) => {
    const makers = operations.filter(
      ({ kind, token, answer, optional, call }) =>
        kind === 'rotate' &&
        nameOf(token) === nameOf(one.answer) &&
        (optional || answer === one.answer) &&
        call <= one.return,
    );
    return { ...one, call: Math.min(one.call, ...makers.map(({ call }) => call)) };
  });
}

/**
 * A check that said yes from a cache: it may tell of a moment as long ago as the cache may be
 * wrong. What this very process has ended since, it knows.
 */
function stale(operation, operations, limit) {
  if (operation.kind !== 'verify' || operation.answer !== true) return operation;
  const own = operations.filter(
    (other) =>
      other.client === operation.client &&
      other.return <= operation.call &&
      (other.kind === 'revokeUser' || (other.kind === 'revoke' && nameOf(other.token) === nameOf(operation.token))),
  );
  const known = Math.max(...own.map((other) => other.return), -Infinity);
  return { ...operation, call: Math.max(operation.call - limit, known + TICK) };
}

module.exports = { histories };
