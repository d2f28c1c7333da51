'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { createApp, everybody, SECRET, startFakeWeChat, startRedis, tempDir } = require('../support');

// Ids and keys that stand nowhere else, so that finding them is a leak.
const OPEN_ID = 'oOPENID-which-must-not-be-seen';
const KEY = Buffer.from('0123456789abcdef').toString('base64');

let wechat;
let server;
beforeAll(async () => {
  wechat = await startFakeWeChat({ strict: true });
  server = await startRedis({ args: ['--rdbcompression', 'no'] }); // so that dumps hold what there is as it is
});
beforeEach(() => server.redis.flushall());

/** All that is in the redis, as it is there. */
async function inRedis() {
  const keys = (await server.redis.keysBuffer('*')).sort();
  const dumps = await Promise.all(keys.map((key) => server.redis.dumpBuffer(key)));
  return Buffer.concat([...keys, ...dumps]);
}

const inFolder = (dir) => Buffer.concat(fs.readdirSync(dir).map((file) => fs.readFileSync(path.join(dir, file))));

/** Each store with its bytes, and a user table without the openid. */
const STORES = {
  redis: () => ({ tokens: server.url, bytes: inRedis }),
  tagged: () => ({ tokens: { url: server.url, layout: 'tagged' }, bytes: inRedis }),
  file: () => {
    const dir = tempDir();
    return { tokens: { file: path.join(dir, 'tokens.db') }, bytes: async () => inFolder(dir) };
  },
};

/**
 * The forms in which a text may stand somewhere, as bytes; of base64 what does not depend on what
 * is around it.
 */
function forms(text) {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return shifted.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  const reversed = Buffer.from(bytes).reverse();
  return [
    bytes,
    reversed,
    ...base64.map(Buffer.from),
    Buffer.from(bytes.toString('hex')),
    Buffer.from(text, 'utf16le'),
  ];
}

const SECRETS = { OPEN_ID, KEY, 'the bytes of KEY': Buffer.from(KEY, 'base64').toString('latin1'), SECRET };

const leaks = (bytes) =>
  Object.keys(SECRETS).filter((name) => forms(SECRETS[name]).some((form) => bytes.includes(form)));

test('the search finds what is there', () => {
  for (const [name, secret] of Object.entries(SECRETS)) {
    for (const form of forms(secret)) expect(leaks(Buffer.concat([Buffer.from('xy'), form]))).toContain(name);
    for (const padding of ['', 'x', 'xy']) {
      const base64 = Buffer.from(`${padding}${secret}yz`).toString('base64');
      expect(leaks(Buffer.from(base64))).toContain(name);
    }
  }
  expect(leaks(Buffer.from('nothing'))).toEqual([]);
});

describe.each(Object.keys(STORES))('nobody who can read the store (%s)', (name) => {
  let store;
  beforeEach(() => {
    store = STORES[name]();
  });
  const open = (options) =>
    createApp({ wechat, tokens: store.tokens, db: everybody(), options: { sessionKeys: true, ...options } });

  const user = () => wechat.user({ openId: OPEN_ID, unionId: 'u1', sessionKey: KEY });

  test('learns an openid or a session key, of whatever made the token', async () => {
    const app = open();
    const { token } = await app.login(user().code);
    const { code, encryptedData, iv } = user();
    await app.authorize(code, encryptedData, iv);
    const rotated = await app.sessions.rotate(token);
    expect(await app.sessions.inspect(rotated.token)).toMatchObject({ openId: OPEN_ID });
    expect((await store.bytes()).includes('u1')).toBe(true);
    expect(leaks(await store.bytes())).toEqual([]);
  });

  test('finds anything of a token that has ended', async () => {
    const app = open();
    const { token } = await app.login(user().code);
    await app.sessions.revoke(token);
    await app.close();
    expect(leaks(await store.bytes())).toEqual([]);
    if (store.bytes === inRedis) expect((await inRedis()).includes(token.slice(-64))).toBe(false);
  });

  if (name === 'file') return; // its rows are not looked into, nor changed

  const keysOf = async () => (await server.redis.keys('mpauthx:session-key:*')).sort();

  test('sees that a user has the same key as before, or as another', async () => {
    const app = open();
    const sealed = new Set();
    for (const openId of [OPEN_ID, OPEN_ID, 'o-other']) {
      await app.login(wechat.user({ openId, sessionKey: KEY }).code);
      for (const key of await keysOf()) sealed.add(await server.redis.get(key));
    }
    expect(await keysOf()).toHaveLength(2);
    expect(sealed.size).toBe(3);
  });

  test('can give one user the key of another', async () => {
    const app = open();
    const mine = (await app.login(wechat.user({ openId: 'o-mine' }).code)).token;
    const [key] = await keysOf();
    await app.login(wechat.user({ openId: 'o-other' }).code);
    const [other] = (await keysOf()).filter((each) => each !== key);
    await server.redis.set(key, await server.redis.get(other));
    const { encryptedData, iv } = wechat.openData('o-other', { openGId: 'g' });
    await expect(app.wechat.decryptData(mine, encryptedData, iv)).rejects.toMatchObject({ code: 6011 });
  });
});

test('without options.sessionKeys nothing of the session is kept', async () => {
  const app = createApp({ wechat, tokens: server.url, db: everybody() });
  await app.login(wechat.user({ openId: OPEN_ID, unionId: 'u1', sessionKey: KEY }).code);
  expect(await server.redis.keys('*session-key*')).toEqual([]);
  expect(leaks(await inRedis())).toEqual([]);
});
