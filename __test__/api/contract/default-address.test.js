'use strict';

const crypto = require('node:crypto');
const net = require('node:net');
const { createApp, defer, everybody, isValid, login, startFakeWeChat, startRedis } = require('../../support');
const Redis = require('ioredis').default;

const PORT = 6379;

/** Whether somebody listens on the port. */
function isTaken(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * A client of the redis where 1.3.2 looks for one, and the password of it: one of our own that
 * wants a password, or, where the port is taken, the one that is there (without a password, which
 * then does no harm).
 */
async function redisAtDefaultAddress() {
  const password = 'at the default address';
  if (!(await isTaken(PORT))) return { password, ...(await startRedis({ port: PORT, password })) };
  const redis = new Redis(PORT, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  defer(() => redis.disconnect());
  await redis.connect();
  return { password, redis };
}

/** Takes away what this test leaves in a redis that is not ours. */
async function sweep(redis, sku) {
  for (const pattern of [`*|${sku}|*`, `*|${sku}}*`, `*:${sku}`]) {
    const keys = await redis.keys(pattern);
    if (keys.length > 0) await redis.del(keys);
  }
}

test('without the option tokens they are in the redis at 127.0.0.1:6379, database 0, opened by redisPass', async () => {
  const { redis, password } = await redisAtDefaultAddress();
  const sku = `default-${crypto.randomUUID()}`;
  const wechat = await startFakeWeChat();
  const app = createApp({ tokens: null, redisPass: password, wechat, sku, db: everybody() });
  try {
    const token = await login(app, wechat, 'o1');
    expect(await redis.type(token)).toBe('hash');
    expect((await redis.client('INFO')).match(/\bdb=(\d+)/)[1]).toBe('0');
    expect(await isValid(app, token)).toBe(true);
    const { response } = await app.refreshToken('o1');
    expect(await redis.exists(token)).toBe(0);
    expect(await redis.exists(response)).toBe(1);
  } finally {
    await app.close();
    await sweep(redis, sku);
  }
});
