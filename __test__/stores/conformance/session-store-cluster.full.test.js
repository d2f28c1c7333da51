'use strict';

const { startCluster } = require('../cluster/servers');
const { sessionStore } = require('./session-store');

describe('sessions in a Redis Cluster', () => {
  let cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 60000);

  sessionStore(() => cluster.tokens, { shared: true });
});
