'use strict';

// What only Nest has: exceptions of its own, contexts without HTTP, and a log.

const path = require('node:path');
const { lastLine, runNode } = require('../../support');
const { FRAMEWORKS } = require('./frameworks');
const { MODULES } = require('./support');

const { lacks } = FRAMEWORKS['Nest on Express'];

(lacks ? describe.skip : describe)(lacks ? `Nest ${lacks}` : 'Nest', () => {
  let printed;
  beforeAll(async () => {
    const program = path.join(__dirname, 'nest-guard.js');
    const { stdout, stderr } = await runNode(program, { env: { NODE_PATH: MODULES }, nodeArgs: ['--no-warnings'] });
    expect(stderr).toBe('');
    printed = lastLine(stdout);
  });

  test("the guard throws Nest's exceptions, with the error as their cause", () => {
    expect(printed.invalid).toEqual({
      isUnauthorized: true,
      isUnavailable: false,
      hasCause: true,
      message: 'No',
      status: 401,
    });
    expect(printed.away).toMatchObject({ isUnauthorized: false, isUnavailable: true, hasCause: true, status: 503 });
  });

  test('a guard that finds the request elsewhere is right in contexts that are not HTTP', () => {
    expect(printed.graph).toEqual({ is: true });
    expect(printed.userId).toBe('o-1');
    expect(printed.nobody).toMatchObject({ isUnauthorized: true });
  });

  test("Nest logs the application's own errors, and no refusal; clients see neither", () => {
    const { statuses, before, text, log } = printed.logged;
    expect({ statuses, before }).toEqual({ statuses: [401, 500], before: 0 });
    expect(log).toMatch(/SELECT phone/);
    expect(text).not.toMatch(/SELECT/);
  });
});
