'use strict';

// A process of its own: workers with calls in flight are terminated, or end by themselves, and the
// process goes on. Argument: JSON { tokens, wechat, how }.

const path = require('node:path');
const { once } = require('node:events');
const { Worker } = require('node:worker_threads');
const mpauthx = require('../..');
const { users } = require('./busy');

const ROUNDS = 5;
const WORKERS = 4;

const errors = [];

const END = {
  terminate: (worker) => worker.terminate(),
  exit: (worker) => worker.postMessage('exit'),
  throw: (worker) => worker.postMessage('throw'),
};

async function round({ how, ...addresses }) {
  const workers = Array.from({ length: WORKERS }, () => {
    return new Worker(path.join(__dirname, 'worker.js'), { workerData: addresses });
  });
  const ends = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
  for (const worker of workers) worker.on('error', (error) => errors.push(error.message));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  workers.forEach(END[how]);
  return Promise.all(ends);
}

async function main(given) {
  // The main thread has an object too, one that outlives them all.
  const app = mpauthx('wx', 'secret', 'main', users, null, null, { tokens: given.tokens });
  const codes = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    codes.push(...(await round(given)));
    const { response } = await app.refreshToken('o1');
    await app.isTokenValid(response);
  }
  await app.close();
  console.log(JSON.stringify({ codes, errors }));
}

main(JSON.parse(process.argv.at(-1)));
