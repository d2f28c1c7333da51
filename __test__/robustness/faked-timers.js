'use strict';

// Calls while timers are fake. Arguments: who fakes them, and whether that is before or after the
// package is loaded. Prints one line of JSON with what has settled.

const FAKERS = {
  'node:test': () => {
    const { mock } = require('node:test');
    const apis = ['setTimeout', 'setInterval', 'setImmediate'];
    try {
      mock.timers.enable({ apis });
    } catch (_) {
      mock.timers.enable(apis); // as Node 18 has it
    }
  },
  sinon: () => {
    require('@sinonjs/fake-timers').install();
  },
};

const [faker, when] = process.argv.slice(2);

async function main() {
  const fake = FAKERS[faker];
  // So that the process does not end while nothing but our calls is pending.
  const keepAlive = require('node:net').createServer().listen(0);
  if (when === 'before') fake();
  const mpauthx = require('../..');
  if (when === 'after') fake();
  const db = new Set(['o1']);
  const app = mpauthx(null, null, 'shop', db, null, 60, { tokens: 'memory' });
  const { token } = await app.sessions.issue('o1');
  const settled = [];
  await app.isTokenValid(token);
  settled.push('one check');
  await Promise.all(Array.from({ length: 100 }, () => app.isTokenValid(token)));
  settled.push('many checks');
  await app.isTokenValid('no token').catch(() => settled.push('a refused check'));
  await app.refreshToken('o1');
  settled.push('a refresh');
  await app.close();
  settled.push('close');
  keepAlive.close();
  console.log(JSON.stringify(settled));
}

main();
