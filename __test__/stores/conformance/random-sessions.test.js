'use strict';

const path = require('node:path');
const { startRedis, tempDir } = require('../../support');
const { randomly } = require('./random-sessions');
const { slowProxy } = require('../../support/tcp-proxy');

const SIZE = { worlds: 18, steps: 100 };

/** For a busy machine, in milliseconds. */
const PATIENCE = 90000;

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
