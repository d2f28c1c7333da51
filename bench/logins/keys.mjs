// Finds a user's tokens among all keys, as 1.3.2 does; the rest is as small as it can be, and users
// are a Set.

import { createDecipheriv, randomBytes } from 'node:crypto';
import http from 'node:http';
import { promisify } from 'node:util';
import redis from 'node_redis';

const TTL = 259_200;

export async function open({ url, sku, wechat: { appId, endpoint } }) {
  const client = redis.createClient(url);
  const [keys, hgetall, hmset, expire, del] = ['keys', 'hgetall', 'hmset', 'expire', 'del'].map((command) =>
    promisify(client[command]).bind(client),
  );
  const users = new Set();
  const agent = new http.Agent({ keepAlive: true });

  const tokensOf = (userId) => keys(`${userId}|${sku}|*`);

  async function issue(userId) {
    const token = `${userId}|${sku}|${randomBytes(32).toString('hex')}`;
    await hmset(token, 'ctime', Date.now());
    await expire(token, TTL);
    return token;
  }

  return {
    async authorize(code, encryptedData, iv) {
      const query = new URLSearchParams({
        appid: appId,
        secret: 'app-secret',
        js_code: code,
        grant_type: 'authorization_code',
      });
      const session = await get(`${endpoint}/sns/jscode2session?${query}`, agent);
      const { openId, unionId } = decrypt(session.session_key, encryptedData, iv);
      const userId = unionId ?? openId;
      const [live] = await tokensOf(userId);
      if (live && (await hgetall(live))) return live;
      users.add(userId);
      return issue(userId);
    },

    async refreshToken(userId) {
      if (!users.has(userId)) throw new Error('no such user');
      const old = await tokensOf(userId);
      if (old.length > 0) await del(old);
      return issue(userId);
    },

    revoke: (token) => del(token),
  };
}

function get(url, agent) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve(JSON.parse(body)));
    });
    request.on('error', reject);
  });
}

function decrypt(sessionKey, encryptedData, iv) {
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'));
  return JSON.parse(decipher.update(encryptedData, 'base64', 'utf8') + decipher.final('utf8'));
}
