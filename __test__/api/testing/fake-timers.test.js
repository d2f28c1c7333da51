'use strict';

// Tests fake the timers and the date. The kit works all the same, and fake time ends no token.

const path = require('node:path');
const { lastLine, rejection, runNode } = require('../../support');

const DONE = ['a login', 'a phone number', 'a live token', 'an ended token', 'an outage', 'close'];

describe.each(['node:test', 'sinon'])('fake timers of %s', (faker) => {
  test.each(['after', 'before'])('that came %s the package was loaded', async (when) => {
    const { stdout, stderr } = await runNode(path.join(__dirname, 'faked-timers.js'), {
      args: [faker, when],
      nodeArgs: ['--no-warnings'],
      timeout: 10000,
    });
    expect(stderr).toBe('');
    expect(lastLine(stdout)).toEqual(DONE);
  });
});

test('a fake nextTick, with which no server answers, is a TypeError and no wait', async () => {
  const { stdout, stderr } = await runNode(`
    const { createTestAuth } = require('mpauthx/testing');
    const tell = (error) => console.log(error.name, /toFake/.test(error.message));
    createTestAuth().then(async (t) => {
      require('./__test__/node_modules/@sinonjs/fake-timers').install();
      for (const ask of [() => t.code('a'), () => t.phoneCode('a')]) try { ask() } catch (error) { tell(error) }
      await t.loginAs('a').catch(tell);
      await createTestAuth().catch(tell);
      process.exit();
    });
  `);
  expect({ stdout, stderr }).toEqual({ stdout: 'TypeError true\n'.repeat(4), stderr: '' });
});

describe('fake timers of jest', () => {
  afterEach(() => jest.useRealTimers());

  test.each([
    ['after', {}],
    ['before', {}],
    ['after', { legacyFakeTimers: true }],
    ['before', { legacyFakeTimers: true }],
  ])('that came %s the package was loaded (%p)', async (when, config) => {
    if (when === 'before') jest.useFakeTimers(config);
    let createTestAuth;
    jest.isolateModules(() => {
      ({ createTestAuth } = require('../../../lib/testing'));
    });
    if (when === 'after') jest.useFakeTimers(config);
    const t = await createTestAuth();
    const { token } = await t.loginAs('alice');
    expect(await t.auth.wechat.getPhoneNumber(t.phoneCode('alice'))).toMatchObject({ countryCode: '86' });
    const late = t.code('alice');
    jest.advanceTimersByTime(4 * 24 * 3600 * 1000);
    expect(await t.auth.verify(token)).toMatchObject({ userId: 'alice' });
    await t.auth.login(late);
    t.clock.advance('3d');
    expect(await rejection(t.auth.verify(token))).toMatchObject({ status: 401 });
    await t.close();
  });

  test('with a date of the test’s own: a message is pushed, and received', async () => {
    jest.useFakeTimers({ now: new Date('2020-01-01') });
    const { createTestAuth } = require('../../../lib/testing');
    const t = await createTestAuth({ wechat: { push: { token: 'token', plain: true } } });
    expect(await t.auth.wechat.receive(t.wechat.push({ MsgType: 'event' }))).toMatchObject({ reply: 'success' });
    await t.close();
  });
});
