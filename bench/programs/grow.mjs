// Makes so many calls, then as many again, and looks at RSS during the second half.

import { createRequire } from 'node:module';
import { settings, tell } from '../child.mjs';
import { open } from '../contestants.mjs';
import { drive } from '../measure.mjs';

const SAMPLES = 40;
const CHECKS_IN_FLIGHT = 256;
const LOGINS_IN_FLIGHT = 32;

const { id, url, sku, tokens, calls, wechat } = settings;
const subject = id === 'login' ? logins() : await open(id, settings);
if (subject.absent) await tell({ absent: subject.absent });
else await tell({ samples: await grow(subject) });

async function grow({ check, given, inFlight = CHECKS_IN_FLIGHT }) {
  const each = calls / SAMPLES;
  const samples = [];
  for (let part = 0; part < 2 * SAMPLES; part += 1) {
    await drive({ check, tokens: given ?? tokens, inFlight, calls: each });
    // What is only waiting to be collected is no growth.
    global.gc();
    if (part >= SAMPLES) samples.push(process.memoryUsage.rss() / 2 ** 20);
  }
  return samples;
}

/** Each login is of a user who has never been there. */
function logins() {
  const mpauthx = createRequire(import.meta.url)('../..');
  const auth = mpauthx(wechat.appId, 'app-secret', sku, { has: () => false, add: () => true }, null, null, {
    tokens: url,
    wechat: { endpoint: wechat.endpoint },
  });
  let user = 0;
  return { check: () => auth.login(`code-${user++}`), given: [''], inFlight: LOGINS_IN_FLIGHT };
}
