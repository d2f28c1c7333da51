'use strict';

const { startCluster } = require('../cluster/servers');
const { randomly, randomSessions } = require('./random-sessions');

const SIZE = { worlds: 27, steps: 400 };
const LIMIT = 600000;

describe('for long, of many users', () => {
  randomSessions(SIZE, LIMIT);

  test(
    'sessions in a Redis Cluster are what the answers say they are',
    async () => {
      const { tokens } = await startCluster({ replicas: 0 });
      await randomly([tokens, tokens, tokens], SIZE);
    },
    LIMIT,
  );
});
