import { readdirSync, rmSync } from 'node:fs';
import { GlideClient } from '@valkey/valkey-glide';
import { verify } from './settle.mjs';

export async function open({ url }) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const client = await GlideClient.createClient({
    addresses: [{ host: hostname, port: Number(port || 6379) }],
    useTLS: protocol === 'rediss:',
    // Its default refuses the call after that.
    inflightRequestsLimit: 2000,
    requestTimeout: 10_000,
    ...(password && { credentials: { username: username || undefined, password } }),
  });
  removeSockets();
  return {
    check: async (token) => verify(await client.hmget(token, ['ctime', 'v'])),
    close: async () => client.close(),
  };
}

/**
 * The client is connected to its own threads by a socket of this name, which it leaves behind when
 * the process ends.
 */
function removeSockets() {
  for (const file of readdirSync('/tmp')) {
    if (file.startsWith(`glide-socket-${process.pid}-`)) rmSync(`/tmp/${file}`, { force: true });
  }
}
