'use strict';

// What must be live after calls whose answers are known. Where an answer leaves several ways open,
// each is kept until a later answer rules it out; a call that none of them explains is a defect.

const { nameOf } = require('../../support/known-tokens');

/**
 * The sessions of all owners (a user and sku, as `<user>|<sku>`) at one moment. Never changed: each
 * step makes another.
 *
 * A session is { owner, token, born, brief, olds }: `born` is between which moments its token was
 * issued, `brief` whether it ends at the next expiry, `olds` what became of the tokens that it had
 * before: 'grace', 'brief' (a grace that ends at the next expiry) or 'spent'.
 */
class State {
  constructor(sessions = [], seen = new Set()) {
    this.sessions = sessions;
    this.seen = seen;
  }

  of(owner) {
    return this.sessions.filter((session) => session.owner === owner);
  }

  /** The session of a token and what the token is to it; undefined where it is dead. */
  find(token) {
    for (const session of this.sessions) {
      if (session.token === token) return { session, is: 'live' };
      if (session.olds[token]) return { session, is: session.olds[token] };
    }
    return undefined;
  }

  without(...ended) {
    return new State(
      this.sessions.filter((session) => !ended.includes(session)),
      this.seen,
    );
  }

  with(session) {
    return new State([...this.sessions, session], new Set(this.seen).add(session.token));
  }

  /** Two states with the same key are the same. */
  key() {
    return JSON.stringify(this.sessions.map((session) => JSON.stringify(session)).sort());
  }
}

/** Those that may be the oldest, as far as the moments of their birth tell. */
const oldest = (sessions) => sessions.filter((one) => sessions.every((other) => other.born.to >= one.born.from));
const newest = (sessions) => sessions.filter((one) => sessions.every((other) => one.born.to >= other.born.from));

/** The states in which only `max` sessions of the owner are left; the newest one stays. */
function thinned(state, owner, max, fresh) {
  const others = state.of(owner).filter((session) => session.token !== fresh);
  if (others.length < max) return [state];
  return oldest(others).flatMap((session) => thinned(state.without(session), owner, max, fresh));
}

const when = (fits, state) => (fits ? [state] : []);

/** A look at a token: whether it is live. One that is used after its grace ends its session. */
function look(state, { token, answer }) {
  const found = state.find(token);
  if (!found) return when(answer === false, state);
  if (found.is === 'spent') return when(answer === false, state.without(found.session));
  return when(answer === true, state);
}

/** A login: the newest token, or one of its own. */
function enter(state, { owner, each, max, brief, born, answer }) {
  const own = state.of(owner);
  if (!each && own.length > 0) {
    const given = newest(own).some(({ token }) => token === answer);
    return when(given, state);
  }
  if (state.seen.has(answer)) return [];
  const next = state.with({ owner, token: answer, born, brief, olds: {} });
  return each ? thinned(next, owner, max, answer) : [next];
}

/** For each kind of call, the states that may follow. None: the answer is wrong. */
const STEPS = {
  issue: enter,

  login: enter,

  check: look,

  inspect: look,

  revoke(state, { token, answer }) {
    const found = state.find(token);
    if (!found) return when(answer === false, state);
    return when(answer === (found.is !== 'spent'), state.without(found.session));
  },

  rotate(state, { token, grace, brief, born, answer }) {
    const found = state.find(token);
    if (!found) return when(answer === null, state);
    const { session, is } = found;
    if (is === 'spent') return when(answer === null, state.without(session));
    if (is !== 'live') {
      const again = state.find(answer);
      return when(again?.session === session && again.is !== 'spent' && answer !== token, state);
    }
    if (answer === null || state.seen.has(answer)) return [];
    const next = { ...session, token: answer, born, brief, olds: { ...session.olds, [token]: grace } };
    return [state.without(session).with(next)];
  },

  refresh(state, { owner, brief, born, answer }) {
    if (state.seen.has(answer)) return [];
    return [state.without(...state.of(owner)).with({ owner, token: answer, born, brief, olds: {} })];
  },

  revokeById(state, { owner, token, answer }) {
    const found = state.of(owner).find((session) => nameOf(session.token) === nameOf(token));
    return found ? when(answer === true, state.without(found)) : when(answer === false, state);
  },

  /**
   * The answer is the names of sessions, each with whether it is the current one's; null is one
   * whose name is not known, which a refresh has made.
   */
  list(state, { owner, current, answer }) {
    const own = new Map(state.of(owner).map((session) => [nameOf(session.token), session.born]));
    const isMarkedRight = own.has(current && nameOf(current))
      ? answer.filter(({ isCurrent }) => isCurrent).length === 1
      : answer.every(({ isCurrent }) => !isCurrent);
    const isMarkOf = ({ name, isCurrent }) => !isCurrent || name === null || name === nameOf(current);
    const named = answer.map(({ name }) => name).filter(Boolean);
    const inOrder = named.every((name, i) => {
      const [born, before] = [own.get(name), own.get(named[i - 1])];
      return born && (i === 0 || (before && born.to >= before.from));
    });
    const isWhole = new Set(named).size === named.length && answer.length === own.size;
    return when(inOrder && isWhole && isMarkedRight && answer.every(isMarkOf), state);
  },

  expire(state) {
    const wane = (is) => (is === 'brief' ? 'spent' : is);
    const left = state.sessions
      .filter(({ brief }) => !brief)
      .map((session) => ({
        ...session,
        olds: Object.fromEntries(Object.entries(session.olds).map(([token, is]) => [token, wane(is)])),
      }));
    return [new State(left, state.seen)];
  },
};

/** The same states once. */
function distinct(states) {
  return [...new Map(states.map((state) => [state.key(), state])).values()];
}

/**
 * A revocation of an owner's sessions: what is left, and how many it has ended. The session of
 * `except` stays; one that is used after its grace ends its session before.
 */
function clear(state, owner, except) {
  const own = state.of(owner);
  const found = except && state.find(except);
  if (found?.session.owner !== owner) return { next: state.without(...own), ended: own.length };
  const others = own.filter((session) => session !== found.session);
  return { next: state.without(...(found.is === 'spent' ? own : others)), ended: others.length };
}

/** A revocation looks at the token that it is to spare, some time before it ends others. */
function meet(state, { except, owners }) {
  const found = state.find(except);
  const isReuse = found?.is === 'spent' && owners.includes(found.session.owner);
  return [isReuse ? state.without(found.session) : state];
}

/**
 * A revocation in several skus is as many changes, made at once or one after the other; their
 * counts add up to its answer.
 */
function parts(call) {
  if (call.kind !== 'revokeUser') return [{ call, run: STEPS[call.kind] }];
  const changes = call.owners.map((owner) => ({ call, owner }));
  return call.except ? [{ call, run: meet }, ...changes] : changes;
}

/**
 * The states that may follow calls that were all under way together, in whatever order they were
 * done.
 */
function together(states, calls) {
  const todo = calls.flatMap(parts);
  const found = [];
  const tried = new Set();
  // The counts so far of the revocations that are under way, in the order of `calls`.
  const go = (state, left, counts) => {
    const key = `${left.map((part) => todo.indexOf(part))} ${counts} ${state.key()}`;
    if (tried.has(key)) return;
    tried.add(key);
    if (left.length === 0) {
      if (calls.every((call, i) => call.kind !== 'revokeUser' || counts[i] === call.answer)) found.push(state);
      return;
    }
    for (const part of left) {
      const rest = left.filter((other) => other !== part);
      if (part.run) {
        for (const next of part.run(state, part.call)) go(next, rest, counts);
      } else {
        const { next, ended } = clear(state, part.owner, part.call.except);
        const at = calls.indexOf(part.call);
        go(
          next,
          rest,
          counts.map((count, i) => (i === at ? count + ended : count)),
        );
      }
    }
  };
  for (const state of states) {
    go(
      state,
      todo,
      calls.map(() => 0),
    );
  }
  return distinct(found);
}

/** The states that may follow one call. */
const after = (states, call) => together(states, [call]);

module.exports = { State, after, together };
