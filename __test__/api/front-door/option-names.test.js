'use strict';

// Options have other names in the two doors, and what is told long after the start has those of its
// own door.

const path = require('node:path');
const { createApp, everybody, rejection, startFakeWeChat, tempDir } = require('../../support');
const { startTlsRedis } = require('../../stores/redis/tls-redis');
const { open } = require('./support');

const silent = () => new Promise(() => {});

/** Each text as the factory gives it, with what leads to it in either door. */
const TOLD = {
  'options.cache has no effect': {
    given: () => ({ cache: true }),
    tell: async (app) => (await app.health()).tokens.warnings.join(),
  },
  'options.wechat.exchange gave an array': {
    given: () => ({ wechat: { exchange: async () => [] } }),
    tell: async (app) => (await rejection(app.login('code'))).cause.message,
  },
  'options.wechat.exchange did not answer within 50 ms': {
    given: () => ({ wechat: { exchange: silent, timeout: 50 } }),
    tell: async (app) => (await rejection(app.login('code'))).cause.message,
  },
  'set options.sessionKeys to true': {
    given: () => ({ db: everybody() }),
    async tell(app) {
      const { token } = await app.sessions.issue('o1');
      return (await rejection(app.wechat.decryptData(token, '', ''))).message;
    },
  },
  'or pass options.createTable: true': {
    given: () => ({ db: path.join(tempDir(), 'missing.db') }),
    tell: async (app) => (await app.health()).users.error,
  },
  'pass its CA as options.tokens.tls.ca': {
    given: async () => ({ tokens: { url: (await startTlsRedis()).tlsUrl } }),
    tell: async (app) => (await rejection(app.verify(`o1|shop|${'0a'.repeat(32)}`))).cause.message,
  },
  'pass its CA as options.tokens.tls.ca in health': {
    given: async () => ({ tokens: { url: (await startTlsRedis()).tlsUrl } }),
    tell: async (app) => `${(await app.health()).tokens.error} in health`,
  },
};

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

test.each(Object.keys(TOLD))('%s', async (text) => {
  const { given, tell } = TOLD[text];
  const { db, tokens, ...options } = await given();
  expect(await tell(createApp({ wechat, db, tokens, options }))).toContain(text);
  const told = await tell(open({ tokens: tokens || 'memory', ...(db && { db }), ...options }));
  expect(told).toContain(text.replace('options.', ''));
  expect(told).not.toContain('options.');
});
