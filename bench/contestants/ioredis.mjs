import { Redis } from 'ioredis';
import { verify } from './settle.mjs';

export async function open({ url }) {
  const client = new Redis(url, { enableAutoPipelining: true });
  return { check: async (token) => verify(await client.hmget(token, 'ctime', 'v')), close: () => client.quit() };
}
