'use strict';

const RECORD = /^(.*)\|([0-9a-f]{64})$/s;
const OWNED = /^mpauthx:\{u:(.*)\}(:[0-9a-f]{64}|(?::t)?(?::since|:n:[0-9a-f]{32})?)$/s;
/** What stays: the markers of the adoption, the skus, and the key of session ids. */
const MARKER = /^mpauthx:(adopted:|skus$|id-key$)/;

/**
 * What is wrong in the redis of tests that use no short ttl: a key without an end, a key that is
 * nobody's, more than one token of one user and sku, an index that lists something else than the
 * records there are. `servers` are all that serve a part of the keys.
 */
async function disorder(servers) {
  const wrong = [];
  const owners = new Map();
  const of = (owner) => {
    if (!owners.has(owner)) owners.set(owner, { records: [], listed: [] });
    return owners.get(owner);
  };
  for (const { redis } of servers) {
    for (const key of await redis.keys('*')) {
      if (MARKER.test(key)) continue;
      if ((await redis.ttl(key)) === -1) wrong.push(`${key} has no end`);
      const [, owner, rest] = key.match(OWNED) || [];
      const [, prefix, hex] = key.match(RECORD) || [];
      if (owner !== undefined && ['', ':t'].includes(rest)) of(owner).listed = await redis.zrange(key, 0, -1);
      else if (owner !== undefined && rest.length === 65) of(owner).records.push(`${owner}|${rest.slice(1)}`);
      else if (owner === undefined && prefix !== undefined) of(prefix).records.push(`${prefix}|${hex}`);
      else if (owner === undefined) wrong.push(`${key} is nobody's`);
    }
  }
  for (const [owner, { records, listed }] of owners) {
    if (records.length > 1) wrong.push(`${owner} has ${records.length} tokens`);
    if (String(records.sort()) !== String(listed.sort())) wrong.push(`${owner} lists ${listed}, has ${records}`);
  }
  return wrong;
}

module.exports = { disorder };
