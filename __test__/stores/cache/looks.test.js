'use strict';

// What the JavaScript thread remembers of the addon's cache: when the addon is asked again.

const { createLooks } = require('../../../lib/looks');
const { pause } = require('../../support');

/** An addon whose cache says of every token what `says` has; it counts how often it was asked. */
function addon({ lends = true } = {}) {
  const changes = new Uint32Array(1);
  return {
    asked: 0,
    says: [1, 1000],
    changes: () => (lends ? changes : changes.slice()),
    change: () => (changes[0] += 1),
    cached() {
      this.asked += 1;
      return this.says;
    },
  };
}

const open = (core, maxTokens = 3) => createLooks(core, { maxTokens });

test('the addon is asked about a token once, and again when anything has changed', () => {
  const core = addon();
  const looks = open(core);
  for (let i = 0; i < 3; i += 1) expect(looks.get('a')).toBeDefined();
  expect(core.asked).toBe(1);
  core.change();
  for (let i = 0; i < 3; i += 1) expect(looks.get('a')).toBeDefined();
  expect(core.asked).toBe(2);
  core.change();
  core.says = null;
  for (let i = 1; i < 4; i += 1) {
    expect(looks.get('a')).toBe(undefined);
    expect(core.asked).toBe(2 + i);
  }
});

test.each([
  ['for the first time', () => {}],
  [
    'again',
    (core, looks) => {
      looks.get('a');
      core.change();
    },
  ],
])('a change while the addon is asked %s is seen', (_when, before) => {
  const core = addon();
  const looks = open(core);
  before(core, looks);
  core.cached = () => {
    const told = core.says;
    core.says = null;
    core.change();
    return told;
  };
  expect(looks.get('a')).toBeDefined();
  expect(looks.get('a')).toBe(undefined);
});

test('what holds for a while, is asked about after that', async () => {
  const core = addon();
  const looks = open(core);
  core.says = [1, 20];
  looks.get('a');
  await pause(25);
  core.says = null;
  expect(looks.get('a')).toBe(undefined);
});

test('what holds for long, is asked about every second, or nobody would watch the connection', async () => {
  const core = addon();
  const looks = open(core);
  core.says = [1, 1e9];
  looks.get('a');
  await pause(1100);
  looks.get('a');
  expect(core.asked).toBe(2);
});

test('a session is kept with the look that found it, and not with the next', () => {
  const core = addon();
  const looks = open(core);
  const session = { id: 's' };
  looks.get('a').session = session;
  core.change();
  expect(looks.get('a').session).toBe(session);
  core.change();
  core.says = [2, 1000];
  expect(looks.get('a').session).toBe(undefined);
});

test('of more tokens than fit, those are kept that were found last', () => {
  const core = addon();
  const looks = open(core);
  for (const token of ['a', 'b', 'c', 'd']) looks.get(token);
  core.asked = 0;
  for (const token of ['b', 'c', 'd']) looks.get(token);
  expect(core.asked).toBe(0);
  looks.get('a');
  expect(core.asked).toBe(1);
});

test('where the runtime lends no memory, and after close(), the addon is asked every time', () => {
  const copies = addon({ lends: false });
  const closed = addon();
  for (const [core, end] of [
    [copies, () => {}],
    [closed, (looks) => looks.close()],
  ]) {
    const looks = open(core);
    looks.get('a');
    end(looks);
    core.asked = 0;
    for (let i = 0; i < 3; i += 1) looks.get('a');
    expect(core.asked).toBe(3);
  }
});

test('of an object that caches nothing, nothing is known', () => {
  expect(createLooks(addon(), undefined).get('a')).toBe(undefined);
});
