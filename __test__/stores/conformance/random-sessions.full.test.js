'use strict';

const path = require('node:path');
const { startRedis, tempDir } = require('../../support');
const { startCluster } = require('../cluster/servers');
const { randomly } = require('./random-sessions');
const { slowProxy } = require('../../support/tcp-proxy');

const SIZE = { worlds: 54, steps: 400 };
const PATIENCE = 600000;

describe('for long, of many users', () => {
  test.each(['compatible', 'tagged'])(
    'sessions in redis (layout %s) are what the answers say they are',
    async (layout) => {
      const { url, port } = await startRedis();
      const ways = [(await slowProxy(port, 3)).url, url, url].map((one) => ({ url: one, layout }));
      await randomly(ways, SIZE);
    },
    PATIENCE,
  );

  test(
    'sessions in a Redis Cluster are what the answers say they are',
    async () => {
      const { tokens } = await startCluster({ replicas: 0 });
      await randomly([tokens, tokens, tokens], SIZE);
    },
    PATIENCE,
  );

  test(
    'sessions in a file are what the answers say they are',
    async () => {
      const file = path.join(tempDir(), 'tokens.db');
      await randomly([{ file }, { file }, { file }], SIZE);
    },
    PATIENCE,
  );

  test(
    'sessions in memory are what the answers say they are',
    async () => {
      await randomly(['memory'], SIZE);
    },
    PATIENCE,
  );
});
