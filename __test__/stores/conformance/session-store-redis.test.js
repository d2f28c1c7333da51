'use strict';

const { startRedis } = require('../../support');
const { ahead } = require('../redis/clock-ahead');
const { sessionStore } = require('./session-store');

describe.each(['compatible', 'tagged'])('sessions in redis (layout %s)', (layout) => {
  let server;
  beforeAll(async () => {
    server = await startRedis();
  });

  sessionStore(() => ({ url: server.url, layout }), {
    shared: true,
    ahead: (user) => ahead(server.redis, user, layout),
  });
});
