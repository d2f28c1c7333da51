// What the benchmark is to reach, as ratios within one run.

/**
 * Each: what, the ratio (undefined where it was not measured), what it must be `atLeast` and is
 * `wanted` to be, and how to compare.
 */
export function targets({ parts }) {
  return [
    ...ofChecks(parts.checks),
    ...ofRoutes(parts.routes),
    ...ofLogins(parts.logins),
    ...ofLoading(parts.loading),
    ...ofMemory(parts.memory),
  ];
}

const MORE = { fits: (ratio, bound) => ratio >= bound, sign: '≥' };
const LESS = { fits: (ratio, bound) => ratio <= bound, sign: '≤' };

/** How far a target is reached. */
export function verdict({ ratio, atLeast, wanted, better }) {
  if (ratio === undefined) return 'not measured';
  if (better.fits(ratio, wanted)) return 'as wanted';
  return better.fits(ratio, atLeast) ? 'at least' : 'no';
}

function ofChecks(checks = []) {
  const at = (id, inFlight, name) => checks.find((each) => each.id === id)?.levels?.[inFlight]?.[name]?.median;
  const clients = checks.filter(({ kind, levels }) => kind === 'client' && levels);
  const best = (inFlight, name, compare) =>
    clients.reduce((found, { id }) => {
      const isBetter = found === undefined || compare(at(id, inFlight, name), at(found, inFlight, name));
      return isBetter ? id : found;
    }, undefined);
  const fastest = (inFlight) => best(inFlight, 'perSecond', (a, b) => a > b);
  const cheapest = best(256, 'threadCpu', (a, b) => a < b);
  const faster = ([inFlight, atLeast, wanted]) => ({
    what: `${inFlight} in flight: operations per second against the best client (${fastest(inFlight) ?? '–'})`,
    ratio: divide(at('plain', inFlight, 'perSecond'), at(fastest(inFlight), inFlight, 'perSecond')),
    better: MORE,
    atLeast,
    wanted,
  });
  return [
    {
      what: '1 in flight: p50 against node_redis 2.8',
      ratio: divide(at('plain', 1, 'p50'), at('node_redis', 1, 'p50')),
      better: LESS,
      atLeast: 1,
      wanted: 0.8,
    },
    ...[1, 2, 4].map((inFlight) => ({
      what: `${inFlight} in flight: CPU of all threads per check against node_redis 2.8`,
      ratio: divide(at('plain', inFlight, 'processCpu'), at('node_redis', inFlight, 'processCpu')),
      better: LESS,
      atLeast: 1,
      wanted: 0.7,
    })),
    ...[
      [8, 1.3, 2],
      [256, 2, 2.5],
    ].map(faster),
    {
      what: `256 in flight: CPU of the JavaScript thread per check against the cheapest client (${cheapest ?? '–'})`,
      ratio: divide(at('plain', 256, 'threadCpu'), at(cheapest, 256, 'threadCpu')),
      better: LESS,
      atLeast: 0.25,
      wanted: 0.15,
    },
    {
      what: '256 in flight: operations per second with tokens older than `ttl` against others',
      ratio: divide(at('older', 256, 'perSecond'), at('plain', 256, 'perSecond')),
      better: MORE,
      atLeast: 0.9,
      wanted: 1,
    },
    {
      what: '256 in flight, cached hits: operations per second against the empty crossing',
      ratio: divide(at('cached', 256, 'perSecond'), at('floor', 256, 'perSecond')),
      better: MORE,
      atLeast: 0.5,
      wanted: 0.8,
    },
    ...ofVerify(at),
  ];
}

/** Who is logged in, against whether somebody is. */
const ofVerify = (at) =>
  [
    ['plain', 'verify', 'perSecond', MORE, 0.8],
    ['plain', 'verify', 'processCpu', LESS, 1.25],
    ['plain', 'verify', 'threadCpu', LESS, 2],
    ['cached', 'verify-cached', 'threadCpu', LESS, 1.5],
  ].map(([id, verify, measured, better, atLeast]) => ({
    what: `256 in flight, ${id}: \`verify\` against \`isTokenValid\`, ${MEASURED[measured]}`,
    ratio: divide(at(verify, 256, measured), at(id, 256, measured)),
    better,
    atLeast,
    wanted: 1,
  }));

const MEASURED = {
  perSecond: 'operations per second',
  processCpu: 'CPU of all threads per call',
  threadCpu: 'CPU of the JavaScript thread per call',
};

function ofRoutes(routes) {
  const perSecond = (id) => routes?.fastify.find((each) => each.id === id)?.perSecond?.median;
  return [
    {
      what: 'Fastify route with our guard, whose checks ask redis: requests per second against the unguarded route',
      ratio: divide(perSecond('verify'), perSecond('unguarded')),
      better: MORE,
      atLeast: 0.9,
      wanted: 0.95,
    },
    {
      what: 'Fastify route with our guard, whose checks are cached: requests per second against the unguarded route',
      ratio: divide(perSecond('verify-cached'), perSecond('unguarded')),
      better: MORE,
      atLeast: 0.95,
      wanted: 0.98,
    },
  ];
}

function ofLogins(logins) {
  const ours = logins?.find(({ id }) => id === 'ours');
  return ['authorize', 'refreshToken'].map((call) => ({
    what: `${call}: p50 with 1,000,000 foreign tokens against none`,
    ratio: divide(ours?.levels[1_000_000]?.[call].p50.median, ours?.levels[0]?.[call].p50.median),
    better: LESS,
    atLeast: 1.1,
    wanted: 1,
  }));
}

function ofLoading(loading) {
  const milliseconds = (id) => loading?.find((each) => each.id === id)?.milliseconds.median;
  return [
    {
      what: "require('mpauthx') against redis 2.8 and sqlite3",
      ratio: divide(milliseconds('ours'), milliseconds('dependencies')),
      better: LESS,
      atLeast: 1,
      wanted: 0.5,
    },
  ];
}

/**
 * No ratio, but growth in multiples of the noise: what is not more than noise cannot be told from
 * it.
 */
function ofMemory(memory = []) {
  return memory
    .filter(({ absent, control }) => !absent && !control)
    .map(({ title, calls, growth, noise, grows }) => ({
      what: `RSS over ${calls.toLocaleString('en')} more ${title}: growth against the noise of the run`,
      ratio: grows ? divide(growth, noise) : Math.min(1, Math.max(0, divide(growth, noise))),
      better: LESS,
      atLeast: 1,
      wanted: 1,
    }));
}

function divide(a, b) {
  return a === undefined || a === null || !b ? undefined : a / b;
}
