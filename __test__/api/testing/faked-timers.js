'use strict';

// The kit while timers and the date are fake. Arguments: who fakes them, and whether that is before
// or after the package is loaded. Prints one line of JSON with what was done.

const assert = require('node:assert');

/** Each gives what lets fake time pass. */
const FAKERS = {
  'node:test': () => {
    const { mock } = require('node:test');
    try {
      mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
    } catch (_) {
      // As Node 18 has it; with its fake intervals no server of Node's starts.
      mock.timers.enable(['setTimeout', 'setImmediate']);
    }
    return (ms) => mock.timers.tick(ms);
  },
  sinon: () => {
    const toFake = ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'hrtime', 'performance', 'queueMicrotask'];
    const clock = require('@sinonjs/fake-timers').install({ toFake });
    return (ms) => clock.tick(ms);
  },
};

const [faker, when] = process.argv.slice(2);

async function main() {
  // So that the process does not end while nothing but our calls is pending.
  const keepAlive = require('node:net').createServer().listen(0);
  const before = when === 'before' && FAKERS[faker]();
  const { createTestAuth } = require('../../../lib/testing');
  const pass = before || FAKERS[faker]();
  const done = [];
  const t = await createTestAuth();
  const { token } = await t.loginAs('alice');
  done.push('a login');
  await t.auth.wechat.getPhoneNumber(t.phoneCode('alice'));
  done.push('a phone number');
  pass(4 * 24 * 3600 * 1000);
  await t.auth.verify(token);
  done.push('a live token');
  t.clock.advance('3d');
  await assert.rejects(t.auth.verify(token), { status: 401 });
  done.push('an ended token');
  t.tokens.fail();
  await assert.rejects(t.auth.verify(token), { status: 503 });
  t.wechat.away();
  await assert.rejects(t.loginAs('alice'), { status: 503 });
  done.push('an outage');
  await t.close();
  done.push('close');
  keepAlive.close();
  console.log(JSON.stringify(done));
}

main();
