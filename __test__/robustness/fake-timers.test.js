'use strict';

// Tests of applications fake the timers. Calls settle all the same.

const path = require('node:path');
const { createApp, isValid, issue, lastLine, refresh, runNode } = require('../support');

const SETTLED = ['one check', 'many checks', 'a refused check', 'a refresh', 'close'];

describe.each(['node:test', 'sinon'])('fake timers of %s', (faker) => {
  test.each(['after', 'before'])('that came %s the package was loaded: calls settle', async (when) => {
    const { stdout, stderr } = await runNode(path.join(__dirname, 'faked-timers.js'), {
      args: [faker, when],
      nodeArgs: ['--no-warnings'],
      timeout: 10000,
    });
    expect(stderr).toBe('');
    expect(lastLine(stdout)).toEqual(SETTLED);
  });
});

describe('fake timers of jest', () => {
  afterEach(() => jest.useRealTimers());

  async function expectSettled(app) {
    const token = await issue(app, 'o1');
    expect(await isValid(app, token)).toBe(true);
    expect(await isValid(app, 'no token')).toBe(false);
    const next = await refresh(app, 'o1');
    expect(await Promise.all([token, next].map((each) => isValid(app, each)))).toEqual([false, true]);
    await app.close();
  }

  test.each([
    ['modern', {}],
    ['legacy', { legacyFakeTimers: true }],
  ])('(%s) that came after the package was loaded: calls settle', async (_name, config) => {
    const app = createApp({ db: new Set(['o1']) });
    jest.useFakeTimers(config);
    await expectSettled(app);
  });

  test.each([
    ['modern', {}],
    ['legacy', { legacyFakeTimers: true }],
  ])('(%s) that came before the package was loaded: calls settle', async (_name, config) => {
    jest.useFakeTimers(config);
    let mpauthx;
    jest.isolateModules(() => {
      mpauthx = require('../..');
    });
    await expectSettled(mpauthx(null, null, 'shop', new Set(['o1']), null, 60, { tokens: 'memory' }));
  });
});
