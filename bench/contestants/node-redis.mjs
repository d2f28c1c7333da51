import { createClient } from 'redis';
import { verify } from './settle.mjs';

export async function open({ url }) {
  const client = createClient({ url });
  await client.connect();
  return { check: async (token) => verify(await client.hmGet(token, ['ctime', 'v'])), close: () => client.close() };
}
