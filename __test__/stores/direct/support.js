'use strict';

const { Checks } = require('../../../lib/checks.js');
const { Direct } = require('../../../lib/direct.js');
const { isValid, until } = require('../../support');

/** Counts the checks that go through the addon's threads, from now until the test is over. */
function countOrdinary() {
  const spy = jest.spyOn(Checks.prototype, 'enqueue');
  return () => spy.mock.calls.length;
}

/** Lets checks of a test go the ordinary way alone. */
function turnOff() {
  jest.spyOn(Direct.prototype, 'take').mockReturnValue(false);
}

/** What the short way's connection begins with, and no other. */
const isShortWay = (piece) => piece.includes('$11\r\nreplication\r\n*1\r\n$4\r\nTIME\r\n');

/** Waits until a check of this live token goes the short way. */
async function untilDirect(app, token) {
  await until(async () => {
    const spy = jest.spyOn(Checks.prototype, 'enqueue');
    const before = spy.mock.calls.length;
    const live = await isValid(app, token);
    const isOrdinary = spy.mock.calls.length > before;
    return live && !isOrdinary;
  });
}

module.exports = { countOrdinary, isShortWay, turnOff, untilDirect };
