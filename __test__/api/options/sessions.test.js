'use strict';

const { createApp, everybody, issue } = require('../../support');
const { ODD } = require('../../support/odd-values');

const make = (sessions) => createApp({ db: everybody(), options: { sessions } });

describe('options.sessions', () => {
  test.each([
    [undefined],
    [null],
    [{}],
    [{ mode: null, max: null, idle: null }],
    [{ mode: 'shared' }],
    [{ mode: 'each' }],
    [{ mode: 'each', max: 1 }],
    [{ mode: 'each', max: 1000, idle: 1 }],
    [{ idle: 86400 }],
  ])('may be %j', async (sessions) => {
    expect(await issue(make(sessions), 'o1')).toMatch(/^o1\|shop\|/);
  });

  test.each([
    [{ mode: 'one' }, /options\.sessions\.mode.*'shared'.*'each'/],
    [{ mode: 1 }, /options\.sessions\.mode/],
    [{ mode: 'EACH' }, /options\.sessions\.mode/],
    [{ max: 3 }, /max.*'each'/],
    [{ mode: 'shared', max: 3 }, /max.*'each'/],
    [{ mode: 'each', max: 0 }, /options\.sessions\.max/],
    [{ mode: 'each', max: -1 }, /options\.sessions\.max/],
    [{ mode: 'each', max: 1.5 }, /options\.sessions\.max/],
    [{ mode: 'each', max: '3' }, /options\.sessions\.max/],
    [{ mode: 'each', max: Number.NaN }, /options\.sessions\.max/],
    [{ mode: 'each', max: Infinity }, /options\.sessions\.max/],
    [{ mode: 'each', max: 3n }, /options\.sessions\.max/],
    [{ idle: 0 }, /options\.sessions\.idle/],
    [{ idle: -1 }, /options\.sessions\.idle/],
    [{ idle: 0.5 }, /options\.sessions\.idle/],
    [{ idle: '60' }, /options\.sessions\.idle/],
    [{ idle: Infinity }, /options\.sessions\.idle/],
    [{ idel: 60 }, /options\.sessions\.idel is not an option/],
    ['each', /options\.sessions/],
    [[], /options\.sessions/],
    [true, /options\.sessions/],
  ])('%p is a TypeError that says what is wrong', (sessions, message) => {
    expect(() => make(sessions)).toThrow(TypeError);
    expect(() => make(sessions)).toThrow(message);
  });

  test.each(['mode', 'max', 'idle', 'x'])('%s may be anything: an object or a TypeError', async (name) => {
    for (const odd of ODD) {
      let app;
      try {
        app = make({ mode: 'each', [name]: odd() });
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).not.toBe('');
        continue;
      }
      expect(await issue(app, 'o1')).toMatch(/^o1\|shop\|/);
      await app.close();
    }
  });

  // Sizes at which seconds in milliseconds, or a count in 32 bits, come to their end.
  test.each([
    [{ idle: 2 ** 31 }],
    [{ idle: 2 ** 33 }],
    [{ idle: Number.MAX_SAFE_INTEGER }],
    [{ mode: 'each', max: 2 ** 31 }],
    [{ mode: 'each', max: 2 ** 32 }],
    [{ mode: 'each', max: 2 ** 32 + 1 }],
    [{ mode: 'each', max: Number.MAX_SAFE_INTEGER }],
  ])('%j works or is a TypeError', async (sessions) => {
    let app;
    try {
      app = make(sessions);
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      return;
    }
    const tokens = [await issue(app, 'o1'), await issue(app, 'o1')];
    expect(new Set(tokens).size).toBe(sessions.mode === 'each' ? 2 : 1);
    expect(await app.sessions.list('o1')).toHaveLength(new Set(tokens).size);
  });
});
