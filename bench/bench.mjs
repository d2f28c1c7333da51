// A run: prepares redis, measures part by part, and leaves the results, the tables and the figure.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { drawFigure } from './figure.mjs';
import { describeMachine } from './machine.mjs';
import { measureChecks } from './parts/checks.mjs';
import { measureLoading } from './parts/loading.mjs';
import { measureLogins } from './parts/logins.mjs';
import { measureMemory } from './parts/memory.mjs';
import { measureRoutes } from './parts/routes.mjs';
import { openRedis } from './redis.mjs';
import { report } from './report.mjs';

const MEASURE = {
  checks: measureChecks,
  logins: measureLogins,
  loading: measureLoading,
  memory: measureMemory,
  routes: measureRoutes,
};

export async function bench({ settings, parts, redis: url, build, quick, out }) {
  const started = performance.now();
  const redis = await openRedis(url, settings.tokens);
  const results = {
    ...(await describeMachine(redis)),
    build: build ? 'release' : 'as found',
    quick,
    settings,
    parts: {},
  };
  try {
    for (const part of parts) {
      log(`\n── ${part}`);
      results.parts[part] = await MEASURE[part](redis, settings);
    }
  } finally {
    await redis.close();
  }
  results.minutes = round((performance.now() - started) / 60_000);
  await leave(results, out);
}

async function leave(results, out) {
  mkdirSync(out, { recursive: true });
  const markdown = report(results);
  writeFileSync(path.join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(path.join(out, 'results.md'), markdown);
  if (results.parts.checks) writeFileSync(path.join(out, 'figure.svg'), await drawFigure(results));
  console.log(`\n${markdown}`);
  log(`Left in ${out}, after ${results.minutes} minutes.`);
}

const round = (number) => Math.round(number * 10) / 10;

/** Progress goes to stderr: stdout is for the tables. */
function log(text) {
  console.error(text);
}
