// What a run measures, and how long.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../scripts/run.mjs';

export const PARTS = ['checks', 'logins', 'loading', 'memory', 'routes'];

const HELP = `npm run bench -- [flags]
  --quick           a short run of about two minutes, for trying things out
  --only PART,…     only these parts: ${PARTS.join(', ')}
  --rounds N        how often each contestant has its turn
  --foreign N       the most tokens of others that redis holds while logins are measured (default 1000000)
  --redis URL       a redis of yours, which must be empty; default is one of the bench's own on a free port
  --no-build        measures the addon that is there
  --out FOLDER      where results.json, results.md and figure.svg go; default bench/, with --quick or --only target/bench/`;

/** Times are milliseconds. */
const FULL = {
  inFlight: [1, 2, 4, 8, 32, 256, 1024],
  tokens: 1000,
  checks: { rounds: 21, warmUp: 500, throughput: 200, latency: 100 },
  logins: { rounds: 5, foreign: [0, 100_000, 1_000_000], duration: 1500 },
  loading: { rounds: 21 },
  memory: { rounds: 3, checks: 1_000_000, logins: 20_000 },
  routes: { rounds: 15, processes: 5, warmUp: 2, seconds: 1, connections: 64 },
};

const QUICK = {
  ...FULL,
  checks: { rounds: 3, warmUp: 150, throughput: 120, latency: 60 },
  logins: { rounds: 1, foreign: [0, 100_000], duration: 500 },
  loading: { rounds: 7 },
  memory: { rounds: 1, checks: 100_000, logins: 2000 },
  routes: { rounds: 1, processes: 1, warmUp: 1, seconds: 1, connections: 64 },
};

export function readOptions(args = process.argv.slice(2)) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      foreign: { type: 'string' },
      redis: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const parts = values.only?.split(',') ?? PARTS;
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new Error(`--only: ${unknown} is none of ${PARTS.join(', ')}`);
  const settings = structuredClone(values.quick ? QUICK : FULL);
  if (values.rounds) for (const part of PARTS) settings[part].rounds = count(values.rounds, '--rounds');
  if (values.foreign) settings.logins.foreign = upTo(count(values.foreign, '--foreign'));
  const whole = !values.quick && !values.only;
  return {
    settings,
    parts,
    redis: values.redis,
    build: !values['no-build'],
    quick: values.quick,
    // The figures of the documentation come from a whole run alone.
    out: values.out ?? path.join(root, whole ? 'bench' : 'target/bench'),
  };
}

/** None, then 100 thousand and each power of ten up to `most`. */
function upTo(most) {
  const powers = [];
  for (let power = 100_000; power < most; power *= 10) powers.push(power);
  return [0, ...powers, most];
}

function count(text, flag) {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`${flag} must be a positive whole number`);
  return number;
}
