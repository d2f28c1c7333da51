'use strict';

const { inspect } = require('node:util');
const { issue, isValid, logIn, pause, refresh, rotate, SECOND, sessionOf } = require('../../support');
const { idOf, nameOf } = require('../../support/known-tokens');
const { State, after, together } = require('./session-model');

/** Seconds: what does not end while a test runs, and what an expiry waits for. */
const LONG = 3600;
const BRIEF = 1;

/** How long brief things may be counted as live, in milliseconds: then an expiry is waited for. */
const SAFE = BRIEF * SECOND * 0.6;

/** More states than this at once are no longer followed: the answers left too much open. */
const MAX_STATES = 3000;

/**
 * What cannot be judged, for the machine was too slow: time ran out on something that was to be
 * live.
 */
class TooSlow extends Error {}

/** Every object is asked about the tokens of all. */
const ANY_SKU = { skus: ['shop', 'other'] };

const GRACES = { grace: LONG, brief: BRIEF, spent: 0 };

const CALLS = {
  issue: (app, { user }) => issue(app, user),
  login: (app, { user }, wechat) => logIn(app, wechat.user({ openId: user }).code),
  check: (app, { token }) => isValid(app, token),
  inspect: (app, { token }) => app.sessions.inspect(token, ANY_SKU).then(Boolean),
  revoke: (app, { token }) => app.sessions.revoke(token, ANY_SKU),
  rotate: (app, { token, grace }) =>
    rotate(app, token, { grace: GRACES[grace], ...ANY_SKU }).catch((error) => {
      if (error.code !== 6007) throw error;
      return null;
    }),
  refresh: (app, { user }) => refresh(app, user),
  list: async (app, { user, current }) =>
    (await app.sessions.list(user, { current })).map(({ id, current: isCurrent = false }) => ({ id, isCurrent })),
  revokeById: (app, { user, token }) => app.sessions.revokeById(user, idOf(token)),
  revokeUser: (app, { user, allSkus, except }) => app.sessions.revokeUser(user, { allSkus, except }),
};

/** What a list says of a session, which is known by its id. */
const nameInstead = ({ id, isCurrent }) => ({ name: sessionOf(id), isCurrent });

/**
 * Makes calls, and compares their answers with what the model says of the sessions.
 *
 * A call is { kind, app, at, token } or { kind, app, at, user, owner }, `at` being the app's number
 * for those who read it; besides `grace` of a rotation, `current` of a list, `allSkus`, `owners`
 * and `except` of a revocation of a user. A revocation by id has a user and the token whose id it
 * names.
 *
 * @param policy how the apps were made: { wechat, each, max, brief } (`brief`: tokens end after
 *   BRIEF seconds, or unused for that long)
 * @param first  what was there before the first call
 */
function createWitness({ wechat, ...policy }, first = new State()) {
  const tokens = first.sessions.map(({ token }) => token);
  const history = [];
  let states = [first];
  let briefSince = null;

  const number = (token) => (typeof token === 'string' && token.length > 64 ? `T${tokens.indexOf(token)}` : token);
  /** The number of the first token of a session. */
  const firstOf = (name) => number(tokens.find((token) => nameOf(token) === name));
  const showOne = ({ name, isCurrent }) => `${firstOf(name)}${isCurrent ? ' (current)' : ''}`;
  const show = (answer) => (Array.isArray(answer) ? `[${answer.map(showOne)}]` : String(number(answer)));

  function told({ kind, at, token, user, grace, allSkus, current, except, answer }) {
    const named = Object.entries({ current, except }).map(([name, one]) => one && `${name} ${number(one)}`);
    const given = [token ? number(token) : user, grace, allSkus && 'allSkus', ...named].filter(Boolean);
    return `${kind}(${given})@${at} → ${show(answer)}`;
  }

  const drawn = ({ sessions }) =>
    sessions.map(({ owner, token, olds }) => ({
      owner,
      token: number(token),
      olds: Object.fromEntries(Object.entries(olds).map(([old, is]) => [number(old), is])),
    }));

  return {
    tokens,
    history,
    states: () => states,

    async make(call) {
      Object.assign(call, policy);
      const from = Date.now() - 2; // a clock may be read before it is rounded
      call.answer = await CALLS[call.kind](call.app, call, wechat);
      call.born = { from, to: Date.now() + 2 };
      const token = call.answer;
      if (typeof token === 'string' && !tokens.includes(token)) tokens.push(token);
      if ((call.brief || call.grace === 'brief') && briefSince === null) briefSince = from;
      return call.answer;
    },

    /** Compares the answers of calls that were under way together. */
    judge(...calls) {
      // Only now is known whose the ids are that came together with logins.
      for (const call of calls) if (call.kind === 'list') call.answer = call.answer.map(nameInstead);
      history.push(calls.map(told).join('  ‖  '));
      if (briefSince !== null && Date.now() >= briefSince + BRIEF * SECOND) throw new TooSlow();
      const before = states;
      states = together(states, calls);
      if (states.length > MAX_STATES) throw new TooSlow();
      if (states.length > 0) return;
      throw new Error(
        `nothing explains the last of\n${history.join('\n')}\nbefore which were live, in one of ${before.length} ways:\n` +
          inspect(drawn(before[0]), { depth: 5 }),
      );
    },

    /** Whether an expiry is to be waited for before anything else. */
    isDue: () => briefSince !== null && Date.now() > briefSince + SAFE,

    /** Waits until what is brief is over. */
    async expire() {
      if (briefSince === null) return;
      await pause(BRIEF * SECOND + 100);
      history.push('expiry');
      states = after(states, { kind: 'expire' });
      briefSince = null;
    },
  };
}

module.exports = { createWitness, TooSlow, BRIEF, LONG };
