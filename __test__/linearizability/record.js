'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { generator, pause } = require('../support');
const { check } = require('./checker');
const { startFleet } = require('./fleet');
const { histories } = require('./history');
const { PLACES } = require('./places');
const { model } = require('./sessions');

/**
 * Half of the time for which the same users are acted on, in milliseconds, beside the faults. Where
 * there are none, brief graces and tokens shall end well within it.
 */
const HALF = 700;
const CALM_HALF = 1400;

/** How many calls a process makes at once, and how long each lane rests at most, in ms. */
const LANES = 3;
const REST = 8;

/** More than any user is to have, and so few that logins end others. */
const MANY = 1000;
const FEW = 4;

const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * Lets processes act on a store for a while, each moment on other users, with faults in between,
 * and judges what they have seen.
 *
 * @param place   a name of places.js
 * @param faults  names of those to choose from, else all
 */
async function recorded(place, { seconds, seed = generator().seed, faults: wanted }) {
  const random = generator(seed);
  const here = await PLACES[place]();
  const faults = here.faults.filter(({ name }) => !wanted || wanted.includes(name));
  const [max, half] = faults.length > 0 ? [MANY, HALF] : [FEW, CALM_HALF];
  const { clients, env, tokens, cache, isSteady } = here;
  const fleet = await startFleet({ clients, env, tokens, cache, isSteady, seed, max, lanes: LANES, rest: REST });
  const story = {
    marks: [],
    troubles: [],
    policy: { ttl: 1000, grace: 1000, stale: cache?.maxAge, isWhole: here.isWhole },
  };
  const counts = {};
  const end = now() + seconds * 1000;
  const first = random.below(here.faults.length + 1);
  for (let n = 0; now() < end; n += 1) {
    const kinds = faults.length > 0 ? ['u', 'v'] : ['u', 'k', 'e'];
    const users = [...kinds, isSteady ? 'b' : 'w'].map((kind) => `${kind}${n}`);
    fleet.actOn(users);
    await pause(half);
    if (faults.length > 0) {
      const { name, run } = faults[(first + n) % faults.length];
      const from = now();
      await run({ fleet, random, users, now, mark: (mark) => story.marks.push(mark) });
      story.troubles.push({ from, to: now() + (here.patience ?? 0) });
      counts[name] = (counts[name] ?? 0) + 1;
    }
    await pause(half);
  }
  const printed = await fleet.stop();
  return { place, seed, faults: counts, ...judged(fleet.events, story), printed };
}

/** What is to be said of a record: how much there was, and what no order explains. */
function judged(events, story) {
  const report = { partitions: 0, operations: 0, unknown: 0, steps: 0, undecided: 0, wrong: [], odd: [] };
  for (const { failed, code, why } of events) if (failed && code !== 6000) report.odd.push(`${code} ${why}`);
  for (const [user, operations] of histories(events, story)) {
    const { verdict, done, open, steps } = check(operations, model);
    report.partitions += 1;
    report.operations += operations.filter(({ optional, id }) => id && !optional).length;
    report.unknown += operations.filter(({ optional, id }) => optional && !`${id}`.endsWith("'")).length;
    report.steps += steps;
    if (verdict === 'unknown') report.undecided += 1;
    if (verdict === 'not linearizable') report.wrong.push({ user, done: done.slice(-30), open, operations });
  }
  return report;
}

/** Writes what is wrong into a file, and returns its path; undefined where nothing is. */
function kept({ place, seed, wrong }, folder) {
  if (wrong.length === 0) return undefined;
  const file = path.join(folder, `linearizability-${place}-${seed}.json`);
  fs.writeFileSync(file, JSON.stringify(wrong, null, 1));
  return file;
}

module.exports = { recorded, kept };
