// Sends requests, each with a token, as fast as they are answered.

import autocannon from 'autocannon';
import { settings, tell } from '../child.mjs';

/** Every connection prepares a request for each token, so not all of them. */
const TOKENS = 100;

const { url, tokens, connections, seconds } = settings;
const result = await autocannon({
  url,
  connections,
  duration: seconds,
  requests: tokens.slice(0, TOKENS).map((authorization) => ({ headers: { authorization } })),
});
if (result.non2xx > 0 || result.errors > 0) {
  throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
}
await tell({
  requests: result.requests.total,
  perSecond: result.requests.total / result.duration,
  // Milliseconds.
  p50: result.latency.p50,
  p99: result.latency.p99,
});
