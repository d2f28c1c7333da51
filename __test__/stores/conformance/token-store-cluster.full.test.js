'use strict';

const { startCluster } = require('../cluster/servers');
const { tokenStore } = require('./token-store');

describe('the token store in a Redis Cluster', () => {
  let cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  beforeEach(async () => {
    for (const node of await cluster.ready()) await node.redis.flushall();
  });

  tokenStore(() => cluster.tokens, { shared: true });
});
