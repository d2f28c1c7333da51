'use strict';

const path = require('node:path');
const { startRedis, tempDir } = require('../../support');
const { sessionsInProcesses, PROCESSES } = require('./session-processes');

const MS = 2500;

describe(`${PROCESSES} processes at once`, () => {
  const expectMuch = ({ calls, checks, ended, rotated }) => {
    expect(calls).toBeGreaterThan(50);
    for (const count of [checks, ended, rotated]) expect(count).toBeGreaterThan(5);
  };

  test.each(['compatible', 'tagged'])('end sessions for each other in redis (layout %s)', async (layout) => {
    const { url } = await startRedis();
    expectMuch(await sessionsInProcesses({ url, layout }, MS));
  });

  test('end sessions for each other in a file', async () => {
    expectMuch(await sessionsInProcesses({ file: path.join(tempDir(), 'tokens.db') }, MS));
  });
});
