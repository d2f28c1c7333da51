import { createRequire } from 'node:module';

const mpauthx = createRequire(import.meta.url)('../..');

/** Users are a Set, as for the lookup by KEYS: no disk is measured. */
export async function open({ url, sku, wechat: { appId, endpoint } }) {
  const auth = mpauthx(appId, 'app-secret', sku, new Set(), null, null, {
    tokens: url,
    wechat: { endpoint },
  });
  return {
    authorize: async (code, encryptedData, iv) => (await auth.authorize(code, encryptedData, iv)).response,
    refreshToken: async (userId) => (await auth.refreshToken(userId)).response,
    revoke: (token) => auth.sessions.revoke(token),
  };
}
