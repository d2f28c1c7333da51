'use strict';

const path = require('node:path');
const { startRedis, tempDir } = require('../../support');
const { startCluster } = require('../cluster/servers');
const { sessionsInProcesses, PROCESSES } = require('./session-processes');

const MS = 30000;
const PATIENCE = 300000;

describe(`${PROCESSES} processes at once, for long,`, () => {
  test(
    'end sessions for each other in redis',
    async () => {
      const { url } = await startRedis();
      await sessionsInProcesses(url, MS);
    },
    PATIENCE,
  );

  test(
    'end sessions for each other in a Redis Cluster',
    async () => {
      const { tokens } = await startCluster({ replicas: 0 });
      await sessionsInProcesses(tokens, MS);
    },
    PATIENCE,
  );

  test(
    'end sessions for each other in a file',
    async () => {
      await sessionsInProcesses({ file: path.join(tempDir(), 'tokens.db') }, MS);
    },
    PATIENCE,
  );
});
