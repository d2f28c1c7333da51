'use strict';

// One of several processes on one redis. Checks, issues, revokes and refreshes at random for a
// while, and writes down when each call began and ended, and what it said.
//
// Argument: JSON { url, users, seed, ms, maxAge }. stdin: first a line that says to begin, then the
// tokens that the others issue, one a line. stdout: `ready`, the tokens issued, and at last JSON {
// checks, ends, issued, refreshes }, whose times are milliseconds of the machine's steady clock:
// checks: [token, begun, over, valid]; ends: [token, begun, over]; issued: [token, begun];
// refreshes: [user, begun, over].

const readline = require('node:readline');
const { createApp, everybody, generator, issue, isValid, pause } = require('../../support');

// One clock for all processes of a machine. (`performance.timeOrigin` is read from another clock as
// a process starts: on a busy machine those of two processes were 16 ms apart.)
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Of the newest tokens, so that most are live and many are checked again and again. */
const RECENT = 12;

async function main({ url, users, seed, ms, maxAge }) {
  const random = generator(seed);
  const app = createApp({ tokens: url, db: everybody(), options: { cache: { maxAge }, sessions: { mode: 'each' } } });
  const known = [];
  const checks = [];
  const ends = [];
  const issued = [];
  const refreshes = [];

  const input = readline.createInterface({ input: process.stdin });
  console.log('ready');
  await new Promise((resolve) => input.once('line', resolve));
  input.on('line', (token) => known.push(token));

  const meet = (token, begun) => {
    issued.push([token, begun]);
    known.push(token);
    console.log(token);
  };
  const recent = () => random.pick(known.slice(-RECENT));

  const ACTS = {
    async check() {
      const token = recent();
      if (token === undefined) return;
      const begun = now();
      const valid = await isValid(app, token);
      checks.push([token, begun, now(), valid]);
    },

    async issue() {
      const begun = now();
      meet(await issue(app, random.pick(users)), begun);
    },

    async revoke() {
      const token = recent();
      if (token === undefined) return;
      const begun = now();
      await app.sessions.revoke(token);
      ends.push([token, begun, now()]);
    },

    async refresh() {
      const user = random.pick(users);
      const of = known.filter((token) => token.startsWith(`${user}|`));
      const begun = now();
      const { response } = await app.refreshToken(user);
      const over = now();
      refreshes.push([user, begun, over]);
      for (const token of of) ends.push([token, begun, over]);
      meet(response, begun);
    },
  };
  const NAMES = [...Array(60).fill('check'), ...Array(4).fill('issue'), 'revoke', 'revoke', 'refresh'];

  const end = Date.now() + ms;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (Date.now() < end) {
        await ACTS[random.pick(NAMES)]();
        // Answers from memory let nobody else have a turn.
        await (random.below(40) === 0 ? pause(random.below(100)) : new Promise(setImmediate));
      }
    }),
  );
  await app.close();
  console.log(JSON.stringify({ checks, ends, issued, refreshes }));
  input.close();
}

main(JSON.parse(process.argv[2])).catch((error) => {
  console.error(error);
  process.exit(1);
});
