'use strict';

// What a test leaves behind is undone in reverse order: after the test when it was made in a test
// or a `beforeEach`, after the file when it was made in a `beforeAll`. In a child process without
// jest there is nobody to ask; processes end.

const ofTest = [];
const ofFile = [];
let current = ofFile;

async function undo(stack) {
  const failures = [];
  while (stack.length > 0) {
    await Promise.resolve()
      .then(stack.pop())
      .catch((error) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

if (typeof afterEach === 'function') {
  beforeEach(() => {
    current = ofTest;
  });
  afterEach(async () => {
    current = ofFile;
    await undo(ofTest);
  });
  afterAll(() => undo(ofFile));
}

/** Remembers what is to be done when the running test, or the file, is over. */
function defer(task) {
  current.push(task);
}

module.exports = { defer };
