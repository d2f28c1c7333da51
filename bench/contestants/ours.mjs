// The package as an application has it.

import { createRequire } from 'node:module';

const mpauthx = createRequire(import.meta.url)('../..');

export async function ours({ url, sku }, options, name = 'isTokenValid', ttl = null) {
  const auth = mpauthx(null, null, sku, null, null, ttl, { tokens: url, ...options });
  const check = (token) => auth[name](token);
  return { check, close: () => auth.close(), ...(name === 'verify' && { auth }) };
}
