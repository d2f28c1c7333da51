// The package as an application has it.

import { createRequire } from 'node:module';

const mpauthx = createRequire(import.meta.url)('../..');

export async function ours({ url, sku }, options) {
  const auth = mpauthx(null, null, sku, null, null, null, { tokens: url, ...options });
  return { check: (token) => auth.isTokenValid(token), close: () => auth.close() };
}
