'use strict';

const { startRedis } = require('../../support');
const { tokenStore } = require('./token-store');

describe('the token store in redis', () => {
  let server;
  beforeAll(async () => {
    server = await startRedis();
  });
  beforeEach(() => server.redis.flushall());

  tokenStore(() => server.url, { shared: true });
});

describe('the token store in memory', () => {
  tokenStore(() => 'memory', { shared: false });
});
