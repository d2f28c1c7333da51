'use strict';

const { startRedis } = require('../../support');
const { tokenStore } = require('./token-store');

describe("the token store in redis, layout 'tagged'", () => {
  let server;
  beforeAll(async () => {
    server = await startRedis();
  });
  beforeEach(() => server.redis.flushall());

  tokenStore(() => ({ url: server.url, layout: 'tagged' }), { shared: true });
});
