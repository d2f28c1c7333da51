'use strict';

const { generator, idOf, pause } = require('../../support');
const { createWitness, TooSlow } = require('./session-witness');

/** Calls that are made together begin within so many milliseconds. */
const WIDTH = 12;

/**
 * Rotations of one session, in whose grace the names before them still are: only so many are
 * followed.
 */
const MAX_NAMES = 8;

const OF_TOKENS = ['check', 'inspect', 'revoke', 'rotate'];

const userOf = (token) => token.split('|')[0];

const namesOf = (state, token) => Object.keys(state.find(token)?.session.olds ?? {}).length;

/** How often each kind of call is made. */
const WEIGHTS = {
  issue: 7,
  login: 3,
  check: 5,
  inspect: 3,
  revoke: 2,
  revokeById: 2,
  rotate: 7,
  refresh: 1,
  list: 3,
  revokeUser: 2,
};
const KINDS = Object.entries(WEIGHTS).flatMap(([kind, weight]) => Array(weight).fill(kind));

/**
 * A few users whose sessions change at random, and what must be live of them.
 *
 * @param apps   objects on one store, each { app, sku }
 * @param policy of the witness
 * @param seed   makes the same choices again
 * @param name   of the world, which no other on the store has
 */
function createWorld({ apps, policy, seed, name }) {
  const random = generator(seed);
  const users = ['a', 'b'].map((letter) => `${name}${letter}`);
  const skus = [...new Set(apps.map(({ sku }) => sku))];
  const witness = createWitness(policy);
  const { tokens } = witness;

  /** One of the tokens there have been, mostly a late one. */
  const anyToken = () => (random.below(4) ? random.pick(tokens.slice(-6)) : random.pick(tokens));

  /** A session about which all the calls of a moment are, or none. */
  function anySession() {
    const [{ sessions }] = witness.states();
    return random.below(3) && sessions.length > 0 ? random.pick(sessions) : null;
  }

  const tokenOf = (about) => (about ? random.pick([about.token, ...Object.keys(about.olds)]) : anyToken());

  function chooseOfToken(kind, token) {
    if (kind !== 'rotate') return { kind, token };
    if (witness.states().some((state) => namesOf(state, token) > MAX_NAMES)) return { kind: 'revoke', token };
    return { kind, token, grace: random.pick(['grace', 'grace', 'brief', 'spent']) };
  }

  function chooseOfUser(kind, sku, user, token) {
    const call = { kind, user, owner: `${user}|${sku}` };
    // A refresh has made sessions whose ids nobody has told.
    if (kind === 'revokeById') return idOf(token) ? { ...call, token } : { kind: 'revoke', token };
    if (kind === 'list') return { ...call, current: token };
    if (kind !== 'revokeUser') return call;
    const allSkus = random.below(2) === 0;
    const owners = (allSkus ? skus : [sku]).map((one) => `${user}|${one}`);
    return { ...call, allSkus, owners, except: userOf(token) === user && random.below(3) ? token : undefined };
  }

  function choose(about) {
    const at = random.below(apps.length);
    const { app, sku } = apps[at];
    if (tokens.length === 0) return { app, at, ...chooseOfUser('issue', sku, random.pick(users)) };
    const [kind, token] = [random.pick(KINDS), tokenOf(about)];
    if (OF_TOKENS.includes(kind)) return { app, at, ...chooseOfToken(kind, token) };
    const user = about || random.below(2) ? userOf(token) : random.pick(users);
    return { app, at, ...chooseOfUser(kind, sku, user, token) };
  }

  const several = (about) => Array.from({ length: 2 + random.below(4) }, () => choose(about));

  async function step() {
    if (witness.isDue() || random.below(60) === 0) await witness.expire();
    const calls = random.below(4) ? [choose()] : several(anySession());
    await pause(6); // so that it is clear what is older
    // Not all in the same moment: what takes several steps is to be met between any two of them.
    await Promise.all(calls.map((call, i) => pause(i && random.below(WIDTH)).then(() => witness.make(call))));
    witness.judge(...calls);
  }

  /**
   * At the end, every list and, lastly, every token; what is over ends its session, and the model
   * knows.
   */
  async function verify() {
    await witness.expire();
    const lists = apps.flatMap(({ app, sku }, at) =>
      users.map((user) => ({ kind: 'list', app, at, user, owner: `${user}|${sku}` })),
    );
    const checks = tokens.map((token) => ({ kind: 'check', app: apps[0].app, at: 0, token }));
    for (const call of [...lists, ...checks]) {
      await witness.make(call);
      witness.judge(call);
    }
  }

  /** Runs `steps` steps. How many were judged; 0 when the machine was too slow. */
  async function run(steps) {
    try {
      for (let i = 0; i < steps; i += 1) await step();
      await verify();
    } catch (error) {
      if (error instanceof TooSlow) return 0;
      throw Object.assign(error, { message: `${name}: ${error.message}` });
    }
    return witness.history.length;
  }

  return { run };
}

module.exports = { createWorld };
