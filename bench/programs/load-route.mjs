// Sends requests, each with a token, as fast as they are answered, whenever it is told to. One
// process sends to all servers: its code is compiled by then, or it would be what limits them.

import autocannon from 'autocannon';
import { answer, settings, tell } from '../child.mjs';

/** Every connection prepares a request for each token, so not all of them. */
const TOKENS = 100;

const { tokens, connections } = settings;
const requests = tokens.slice(0, TOKENS).map((token) => ({ headers: { authorization: `Bearer ${token}` } }));

answer(async ({ url, seconds }) => {
  const result = await autocannon({ url, connections, duration: seconds, requests });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
  }
  return {
    requests: result.requests.total,
    perSecond: result.requests.total / result.duration,
    // Milliseconds.
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
});
await tell({});
