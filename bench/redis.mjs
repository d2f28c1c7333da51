// The one redis that all contestants ask: the bench's own, or one that is given, and what it holds.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findRedisServer } from '../scripts/redis-server.mjs';
import { root } from '../scripts/run.mjs';

const mpauthx = createRequire(import.meta.url)(root);

/**
 * Resolves when redis holds so many live tokens, issued by mpauthx, and mpauthx has nothing left to
 * do in the background.
 */
export async function openRedis(given, count) {
  const server = given ? { url: given, stop: async () => {} } : await startServer();
  try {
    const client = await connect(server.url);
    const held = await client.dbsize();
    // What others keep there would be measured too, and all of it is emptied in the end.
    if (held > 0) throw new Error(`the redis of --redis must be empty, and holds ${held} keys`);
    const sku = `bench-${randomBytes(3).toString('hex')}`;
    const tokens = await issue(server.url, sku, count);
    await adopted(client, sku);
    const close = async () => {
      await client.flushdb();
      await client.quit();
      await server.stop();
    };
    return { url: server.url, program: server.program, client, sku, tokens, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startServer() {
  const program = findRedisServer();
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), 'mpauthx-bench-'));
  const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = spawn(program, args.map(String), { stdio: 'ignore' });
  const kill = () => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    kill();
  };
  return { url: `redis://127.0.0.1:${port}`, program, stop };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A server that was just started may not listen yet. */
async function connect(url) {
  const client = new Redis(url, { retryStrategy: (tries) => (tries < 100 ? 50 : null) });
  client.on('error', () => {});
  await client.ping();
  return client;
}

async function issue(url, sku, count) {
  const auth = mpauthx(null, null, sku, new Set(), null, null, { tokens: url });
  const tokens = [];
  for (let user = 0; user < count; user += 1) {
    tokens.push((await auth.sessions.issue(`o-bench-${String(user).padStart(20, '0')}`)).token);
  }
  await auth.close();
  return tokens;
}

/** Tokens of 1.3.2 are looked for once per sku. */
async function adopted(client, sku) {
  while ((await client.get(`mpauthx:adopted:${sku}`)) !== 'done') await sleep(20);
}
