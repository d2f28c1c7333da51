'use strict';

// Whether a request's context is let go after its calls, while a call of another request keeps the
// object busy. Needs --expose-gc, and prints one line of JSON.

const { AsyncLocalStorage } = require('node:async_hooks');
const mpauthx = require('../..');

const storage = new AsyncLocalStorage();

/** Makes a call in a context of its own, and meanwhile one that stays pending. */
async function request(app, call) {
  const context = { of: 'a request' };
  const called = storage.run(context, () => call(app).catch(() => {}));
  const busy = app.refreshToken('o1').catch(() => {});
  await called;
  return { seen: new WeakRef(context), busy };
}

/** Whether a context is collected while the object that it called is still busy. */
async function fate(call) {
  let release;
  const answer = new Promise((resolve) => {
    release = resolve;
  });
  const db = { has: (id) => (id === 'o1' ? answer : true), add: () => {} };
  const app = mpauthx(null, null, 'shop', db, null, 60, { tokens: 'memory' });
  const { seen, busy } = await request(app, call);
  for (let rounds = 0; seen.deref() !== undefined && rounds < 50; rounds += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    global.gc();
  }
  const found = seen.deref() === undefined ? 'let go' : 'kept';
  release(true);
  await busy;
  await app.close();
  return found;
}

async function main() {
  const check = await fate((app) => app.isTokenValid(`o1|shop|${'0a'.repeat(32)}`));
  const login = await fate((app) => app.sessions.issue('o2'));
  console.log(JSON.stringify({ check, login }));
}

main();
