'use strict';

const { parentPort, workerData } = require('node:worker_threads');
const { busyForever } = require('./busy');

busyForever(workerData);

parentPort.once('message', (how) => {
  if (how === 'exit') process.exit(7);
  throw new Error('a worker was told to throw');
});

setImmediate(() => parentPort.postMessage('busy'));
