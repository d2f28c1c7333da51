'use strict';

// Whether the fake WeChat can answer: the streams of Node need process.nextTick.

const vm = require('vm');

/** The process of Node itself: a test runner may give its tests one of their own. */
const nodes = vm.runInThisContext('process');

/** Throws where nextTick is a fake of sinon's: a request would never be answered. */
function expectTicks() {
  if (nodes.nextTick.clock === undefined) return;
  throw new TypeError(
    "process.nextTick is fake, so no server of this process answers: fake without it, such as { toFake: ['setTimeout', 'setInterval', 'Date'] }",
  );
}

module.exports = { expectTicks };
