'use strict';

// A process that changes and checks the sessions of a few users at random, and writes down each
// call before it is made and each return: one line of JSON on stdout. It hears on stdin which users
// there are, and which tokens other processes were given. Ends when stdin does.
//
// Argument: JSON { client, tokens, cache, seed, lanes, rest, max, isSteady }; `max` says how many
// sessions a user may have, but for one that keeps them. The times of all processes are on one
// clock, the monotonic one of the machine.

const readline = require('node:readline');
const { createAuth } = require('../..');
const { generator } = require('../support/random');

/** Seconds: a brief grace and a brief `ttl`; what does not end while a test runs. */
const BRIEF = 1;
const LONG = 3600;
const LONGER = 30 * 24 * LONG;

/** Users whose name begins so have brief tokens. */
const OF_BRIEF = 'b';

/** Those whose name begins so keep their sessions: old tokens are used when their grace is over. */
const OF_KEPT = 'k';

/** Those whose name begins so log in, and end all of their sessions, again and again. */
const OF_ENDED = 'e';

/** More sessions than any user has. */
const MANY = 1000;

/** So many tokens of a user are remembered, the newest ones, and about so many are to live. */
const KNOWN = 60;
const WANTED = 4;

/** How often what is done, of a hundred times: a login, a check, a rotation; the rest ends. */
const USUAL = { login: 8, verify: 70, rotate: 90, revoke: 98 };
const KEPT = { login: 3, verify: 80, rotate: 99, revoke: 100 };
const ENDED = { login: 40, verify: 85, rotate: 90, revoke: 90 };

const now = () => Number(process.hrtime.bigint()) / 1e6;
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const CALLS = {
  login: (auth, { user }) => auth.sessions.issue(user).then(({ token }) => token),
  verify: (auth, { token }) => auth.verify(token).then(() => true, dead(false)),
  rotate: (auth, { token, grace }) =>
    auth.sessions
      .rotate(token, { grace: { long: LONG, brief: BRIEF }[grace] ?? 0 })
      .then(({ token }) => token, dead(null)),
  revoke: (auth, { token }) => auth.sessions.revoke(token),
  revokeUser: (auth, { user }) => auth.sessions.revokeUser(user),
};

/** What a call means that rejects because no such token is live. */
const dead = (answer) => (error) => {
  if (error.code === 6007) return answer;
  throw error;
};

function main({ client, tokens, cache, seed, lanes, rest, max, isSteady }) {
  const random = generator(seed);
  const common = { appId: 'wx', secret: 's', sku: 'shop', tokens, ...(cache && { cache }) };
  const usual = { auth: createAuth({ ...common, ttl: LONGER, sessions: { max } }), odds: USUAL, max };
  const brief = { auth: createAuth({ ...common, ttl: BRIEF, sessions: { max } }), odds: USUAL, max, brief: true };
  const kept = { auth: createAuth({ ...common, ttl: LONGER, sessions: { max: MANY } }), odds: KEPT, max: MANY };
  const ended = { ...kept, odds: ENDED };
  const kindOf = (user) => ({ [OF_BRIEF]: brief, [OF_KEPT]: kept, [OF_ENDED]: ended })[user[0]] ?? usual;
  const graces = isSteady ? ['long', 'long', 'long', 'brief', 0] : ['long', 'long', 'long', 0];
  const known = new Map();
  let users = [];
  let count = 0;
  let over = false;

  const meet = (user, token) => {
    const own = known.get(user);
    if (own && !own.includes(token)) own.push(token);
    if (own?.length > KNOWN) own.shift();
  };

  function choose() {
    const user = random.pick(users);
    const own = known.get(user);
    const { odds } = kindOf(user);
    const n = random.below(100);
    if (own.length === 0 || n < (own.length < WANTED ? 30 : odds.login)) return { kind: 'login', user };
    const token = random.pick(random.below(3) ? own.slice(-WANTED) : own);
    if (n < odds.verify) return { kind: 'verify', user, token };
    if (n < odds.rotate) return { kind: 'rotate', user, token, grace: random.pick(graces) };
    return n < odds.revoke ? { kind: 'revoke', user, token } : { kind: 'revokeUser', user };
  }

  async function act() {
    const operation = choose();
    count += 1;
    const id = `${client}.${count}`;
    const { auth, max, brief } = kindOf(operation.user);
    tell({ id, client, ...operation, max, brief, call: now() });
    try {
      const answer = await CALLS[operation.kind](auth, operation);
      tell({ id, return: now(), answer });
      if (typeof answer === 'string') {
        meet(operation.user, answer);
        tell({ user: operation.user, token: answer });
      }
    } catch (error) {
      tell({ id, return: now(), failed: true, code: error.code, why: `${error.cause?.message ?? error.message}` });
      await pause(20 + random.below(50));
    }
  }

  async function lane() {
    while (!over) {
      if (users.length > 0) await act();
      await pause(random.below(rest));
    }
  }

  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', (text) => {
    const line = JSON.parse(text);
    if (line.token) return meet(line.user, line.token);
    users = line.users;
    known.clear();
    for (const user of users) known.set(user, []);
  });
  tell({ ready: client });
  const running = Array.from({ length: lanes }, lane);
  lines.once('close', async () => {
    over = true;
    await Promise.all(running);
    await Promise.all([usual, brief, kept].map(({ auth }) => auth.close()));
    process.exit();
  });
}

main(JSON.parse(process.argv[2]));
