'use strict';

// Makes an object on a redis, whose adoption of 1.3.2's tokens then runs in the background, and at
// the end of stdin prints how long the event loop was held up at most meanwhile, in milliseconds.

const { monitorEventLoopDelay } = require('node:perf_hooks');
const mpauthx = require('../../..');

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const app = mpauthx(null, null, 'shop', null, null, null, { tokens: process.argv[2] });
console.log('started');
process.stdin.resume().once('end', async () => {
  console.log(JSON.stringify({ delay: delay.max / 1e6 }));
  await app.close();
});
