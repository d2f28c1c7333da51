'use strict';

// What the sessions of one user are, as the documents promise it: the sequential model by which
// histories are judged. Where a store promises less, that stands here too.
//
// A state is { live, lossy, kept }: `live` are the sessions, oldest first, each { name, current,
// olds } with what became of the tokens before. `lossy` says that a master may die before it has
// passed on what it acknowledges; `kept` are the sessions as its replica has them, where they
// differ from then on.

/** What an old token is: in its grace, in one of which nobody knows the end, or beyond it. */
const LONG = 'long';
const VAGUE = 'vague';
const SPENT = 'spent';

/** Of more sessions than this at once, no parts are tried. */
const MANY = 7;

const initial = { live: [], lossy: false, kept: null };

/** The part of a token that names its session. */
const nameOf = (token) => token.slice(-64, -32);

const find = ({ live }, token) => live.find(({ name }) => name === nameOf(token));

/** The current token of a session of which a rotation's answer is not known. */
const isUnknown = (token) => token.startsWith('?');

/** The states after a change. On a master that may die, it may be the first that is lost. */
function changed(state, live) {
  const next = { ...state, live };
  return state.lossy && state.kept === null ? [next, { ...next, kept: state.live }] : [next];
}

const without = (state, session) =>
  changed(
    state,
    state.live.filter((other) => other !== session),
  );

/**
 * What a token is to its session; undefined where that does not live. What was never rotated does
 * not know a token that a failover has lost.
 */
function standing(session, token) {
  if (!session) return undefined;
  if (session.current === token || isUnknown(session.current)) return session.olds[token] ?? 'current';
  return session.olds[token] ?? (Object.keys(session.olds).length > 0 ? SPENT : undefined);
}

/** The use of a token that is not live, which ends the session of one beyond its grace. */
const refused = (state, session, is) => (is === SPENT ? without(state, session) : [state]);

function rotated(state, session, { token, grace, id, answer }) {
  const olds = { ...session.olds, [token]: grace };
  const next = { name: session.name, current: answer ?? `?${id}`, olds };
  return changed(state, [...state.live.filter((other) => other !== session), next]);
}

/** The states that may follow; none where the answer is wrong. An answer may be unknown. */
const STEPS = {
  login(state, { answer, max }) {
    const live = [...state.live, { name: nameOf(answer), current: answer, olds: {} }];
    return changed(state, live.slice(-max));
  },

  verify(state, { token, answer }) {
    const session = find(state, token);
    const is = standing(session, token);
    if (is === undefined || is === SPENT) return answer === true ? [] : refused(state, session, is);
    if (is === VAGUE) return answer === true ? [state] : without(state, session);
    return answer === false ? [] : [state];
  },

  rotate(state, operation) {
    const { token, answer } = operation;
    const session = find(state, token);
    const is = standing(session, token);
    if (is === undefined || is === SPENT) return answer ? [] : refused(state, session, is);
    // Between the two steps of an end of all sessions, nobody rotates out of one that still lives.
    if (answer === null && operation.isMarked) return [state];
    if (is === 'current') {
      const isFresh = answer !== null && answer !== token && !(answer in session.olds);
      return isFresh ? rotated(state, session, operation) : [];
    }
    const ends = is === VAGUE && !answer ? without(state, session) : [];
    return [...given(state, session, answer), ...ends];
  },

  revoke(state, { token, answer, loose }) {
    const session = find(state, token);
    const is = standing(session, token);
    if (is === undefined || is === SPENT) return answer === true ? [] : refused(state, session, is);
    // Who lost the reply asks again, and hears that there is nothing left to end.
    return answer !== false || loose || is === VAGUE ? without(state, session) : [];
  },

  /** `strangers`: how many sessions there may be of which nobody was told. */
  revokeUser(state, { answer, strangers, loose, isPart }) {
    if (isPart) return subsets(state.live).flatMap((ended) => changed(state, ended));
    const most = state.live.length + strangers;
    const fits = answer <= most && answer >= state.live.length;
    // Who lost the reply, or took two steps, counts otherwise.
    if (answer !== undefined && !loose && !fits) return [];
    return state.live.length === 0 ? [state] : changed(state, []);
  },

  /** The end of a token's `ttl`. */
  expire(state, { token }) {
    const session = find(state, token);
    return session?.current === token ? without(state, session) : [state];
  },

  /** The end of a token's grace, which the rotation `by` gave it. */
  wane(state, { token, by }) {
    const session = find(state, token);
    if (session?.olds[token] !== by) return [state];
    const next = { ...session, olds: { ...session.olds, [token]: SPENT } };
    return changed(
      state,
      state.live.map((other) => (other === session ? next : other)),
    );
  },

  /** Somebody has emptied the store. */
  flush: (state) => (state.live.length === 0 ? [state] : changed(state, [])),

  /** From now on a master may die with what its replica has not. */
  risk: (state) => [{ ...state, lossy: true }],

  /** Its replica takes its place. */
  failover: ({ live, kept }) => [{ live: kept ?? live, lossy: false, kept: null }],
};

/** What may be left where some of the sessions have ended, or all: so many cannot be told apart. */
function subsets(live) {
  if (live.length > MANY) return [[]];
  const isLeft = (n, i) => (n >> i) % 2 === 1;
  return Array.from({ length: 2 ** live.length - 1 }, (_, n) => live.filter((_session, i) => isLeft(n, i)));
}

/** The current token, to who rotates an old one in its grace. It may be the first to learn it. */
function given(state, session, answer) {
  if (answer === undefined || answer === session.current) return [state];
  if (!answer || !isUnknown(session.current) || answer in session.olds) return [];
  const learnt = { ...session, current: answer };
  return [{ ...state, live: state.live.map((other) => (other === session ? learnt : other)) }];
}

const step = (state, operation) => STEPS[operation.kind](state, operation);

/** What is about one token: what is dead stays dead, whatever is done to it later. */
const isLook = ({ token }) => token !== undefined;

const shown = (live) => live?.map(({ current, olds }) => [current, ...Object.entries(olds).sort()]);

const key = ({ live, lossy, kept }) => JSON.stringify([shown(live), lossy, shown(kept)]);

module.exports = { model: { initial, step, key, isLook }, nameOf, LONG, VAGUE, SPENT };
