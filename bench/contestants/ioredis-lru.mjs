// The cache that applications put in front of redis themselves. It is fast, and for its TTL it does
// not know what was revoked.

import { LRUCache } from 'lru-cache';
import { open as openClient } from './ioredis.mjs';

/** As long as mpauthx keeps a token by default, in milliseconds. */
const MAX_AGE = 1000;

export async function open(place) {
  const client = await openClient(place);
  const live = new LRUCache({ max: 10_000, ttl: MAX_AGE });
  const look = async (token) => {
    await client.check(token);
    live.set(token, true);
  };
  return { check: (token) => (live.get(token) ? Promise.resolve() : look(token)), close: client.close };
}
