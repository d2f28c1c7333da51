'use strict';

// Ends the process where the application's code never gives the thread back: then no timer of this
// thread fires.

const { Worker } = require('worker_threads');

/** What the other thread does. A signal ends a thread that runs in a loop. */
const WATCH = `
const { workerData: { limit, text } } = require('worker_threads');
setTimeout(() => {
  require('fs').writeSync(2, text);
  process.kill(process.pid, 'SIGKILL');
}, limit);
`;

/** What is over by itself after `limit`, says so first. */
const GRACE = 2000;

function watchOver(limit) {
  const text = `mpauthx doctor: the configuration has blocked the process for ${(limit + GRACE) / 1000} s\n`;
  const worker = new Worker(WATCH, { eval: true, workerData: { limit: limit + GRACE, text } });
  worker.on('error', () => {}); // without threads, there is nobody to watch
  worker.unref();
  return { end: () => worker.terminate() };
}

module.exports = { watchOver };
