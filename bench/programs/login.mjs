// How long `authorize` takes for a user who has no live token, and `refreshToken` for one who has,
// one at a time.

import { settings, tell } from '../child.mjs';
import { percentile } from '../statistics.mjs';

/** So many calls at least, however long they take. */
const AT_LEAST = 5;

const { id, duration, wechat } = settings;
const { open } = await import(`../logins/${id}.mjs`);
const auth = await open(settings);

async function authorize() {
  const start = performance.now();
  const token = await auth.authorize(wechat.code, wechat.encryptedData, wechat.iv);
  const took = performance.now() - start;
  await auth.revoke(token);
  return took;
}

async function refreshToken() {
  const start = performance.now();
  await auth.refreshToken(wechat.userId);
  return performance.now() - start;
}

async function repeat(call, milliseconds) {
  const times = [];
  const end = performance.now() + milliseconds;
  while (times.length < AT_LEAST || performance.now() < end) times.push(await call());
  return Float64Array.from(times).sort();
}

/** In milliseconds. */
async function measure(call) {
  await repeat(call, duration / 3);
  const times = await repeat(call, duration);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

const measured = { authorize: await measure(authorize) };
await auth.authorize(wechat.code, wechat.encryptedData, wechat.iv);
measured.refreshToken = await measure(refreshToken);
await tell(measured);
