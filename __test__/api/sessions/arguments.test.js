'use strict';

const {
  createApp,
  everybody,
  generator,
  issue,
  isValid,
  listed,
  rejection,
  startRedis,
  within,
} = require('../../support');
const { anyValue, ODD } = require('../../support/odd-values');

/** No call may take longer, whatever it is given. */
const LIMIT = 20000;
const CODES = [6000, 6001, 6007];
const KEYS = ['code'];

const isSession = (value) => typeof value === 'object' && typeof value.userId === 'string';
const isIssued = (value) => typeof value?.userId === 'string' && /\|[0-9a-f]{64}$/.test(value.token);

/** What each function may resolve with. */
const RESULT = {
  issue: isIssued,
  explain: (value) => typeof value === 'string',
  inspect: (value) => value === null || isSession(value),
  list: (value) => Array.isArray(value) && value.every(isSession),
  revoke: (value) => typeof value === 'boolean',
  revokeUser: Number.isInteger,
  rotate: isIssued,
};
const NAMES = Object.keys(RESULT);

describe('the functions of sessions', () => {
  let app;
  let live;
  beforeAll(async () => {
    const { url } = await startRedis();
    app = createApp({ tokens: url, db: everybody() });
    live = await issue(app, 'a user whom nothing below names, so that the token stays live');
  });

  /** A call with whatever arguments: what should not have happened, or null. */
  async function fault(name, args) {
    let promise;
    try {
      promise = app.sessions[name](...args);
    } catch (error) {
      return `${name} threw ${error}`;
    }
    if (!(promise instanceof Promise)) return `${name} returned no promise`;
    return within(LIMIT, promise, name).then(
      (value) => (RESULT[name](value) ? null : `${name} resolved with ${JSON.stringify(value)}`),
      (error) => {
        const clear = error instanceof Error && CODES.includes(error.code) && error.message.length > 0;
        const extra = Object.keys(error ?? {}).filter((key) => !KEYS.includes(key));
        if (clear && extra.length === 0) return error.code === 6000 ? `${name} said ${error.message}` : null;
        return `${name} rejected with ${error?.stack}, ${extra}`;
      },
    );
  }

  const faults = async (calls) =>
    (await Promise.all(calls.map(([name, ...args]) => fault(name, args)))).filter(Boolean);

  test.each(NAMES)('%s takes any value, and none: a result or a clear rejection', async (name) => {
    expect(await faults([[name], ...ODD.map((odd) => [name, odd()])])).toEqual([]);
  });

  test.each([
    ['issue', 'device', 'o1'],
    ['revokeUser', 'allSkus', 'o1'],
    ['rotate', 'grace', 'live'],
  ])('%s takes any options, and any %s', async (name, option, first) => {
    const target = first === 'live' ? await issue(app, 'o2') : first;
    const calls = ODD.flatMap((odd) => [
      [name, target, odd()],
      [name, target, { [option]: odd() }],
      [name, target, { something: odd() }],
    ]);
    const throwing = new Proxy(
      {},
      {
        get() {
          throw new Error('not to be looked at');
        },
      },
    );
    expect(await faults([...calls, [name, target, throwing]])).toEqual([]);
  });

  test('whatever comes, in any number', async () => {
    const random = generator();
    const sensible = ['o1', live, 'shop', '10', 'phone'];
    const calls = Array.from({ length: 1500 }, () => {
      const args = Array.from({ length: random.below(4) }, () => anyValue(random, sensible));
      return [random.pick(NAMES.filter((name) => name !== 'revoke' && name !== 'rotate')), ...args];
    });
    for (let i = 0; i < calls.length; i += 100) {
      expect([random.seed, await faults(calls.slice(i, i + 100))]).toEqual([random.seed, []]);
    }
    expect(await isValid(app, live)).toBe(true);
  });

  describe('refuse with 6001 and a word of what it is', () => {
    const refused = async (promise, word) => {
      const error = await rejection(promise);
      expect(error).toMatchObject({ name: 'MpauthxError', code: 6001, status: 400 });
      expect(error.message).toMatch(word);
    };

    test.each([null, undefined])('userId %p', async (userId) => {
      for (const name of ['issue', 'list', 'revokeUser']) {
        await refused(app.sessions[name](userId), /^Missing userId parameter$/);
      }
    });

    test.each([
      ['a number', 42],
      ['a boolean', true],
      ['an object', {}],
      ['a list', ['phone']],
      ['a function', () => 'phone'],
      ['a text object', new String('phone')],
      ['a symbol', Symbol('phone')],
    ])('a device that is %s', async (_name, device) => {
      await refused(issue(app, 'o1', { device }), /device/);
    });

    test.each([
      ['negative', -1],
      ['a fraction', 0.5],
      ['more than an hour', 3601],
      ['text', '10'],
      ['NaN', Number.NaN],
      ['infinite', Infinity],
      ['a bigint', 10n],
      ['a boolean', true],
      ['an object', {}],
    ])('a grace that is %s', async (_name, grace) => {
      const token = await issue(app, 'o3');
      await refused(app.sessions.rotate(token, { grace }), /grace/);
      expect(await listed(app, 'o3')).toEqual([token]);
    });

    test.each([
      ['issue', 'grace', 5],
      ['list', 'device', 'phone'],
      ['revokeUser', 'skus', ['shop']],
      ['inspect', 'grace', 5],
      ['revoke', 'device', 'phone'],
      ['rotate', 'device', 'phone'],
    ])('%s with %s, an option of other calls', async (name, option, value) => {
      const of = ['issue', 'list', 'revokeUser'].includes(name) ? 'o6' : live;
      await refused(app.sessions[name](of, { [option]: value }), new RegExp(`^The option ${option} is not an option`));
      expect(await isValid(app, live)).toBe(true);
    });
  });

  test('take a number for a user as its text', async () => {
    const token = await issue(app, 123);
    expect(token).toMatch(/^123\|shop\|/);
    expect(await listed(app, 123)).toEqual([token]);
    expect(await app.sessions.revokeUser(123)).toBe(1);
  });

  test('take null for an option, or for options, as none', async () => {
    const token = await issue(app, 'o4', null);
    expect(await issue(app, 'o4', { device: null })).toBe(token);
    expect(await app.sessions.inspect(token)).not.toHaveProperty('device');
    expect(await app.sessions.revokeUser('o4', null)).toBe(1);
  });

  test('work without their object', async () => {
    const { issue: give, inspect, list, revoke, revokeUser, rotate } = app.sessions;
    const { token } = await give('o5');
    const next = (await rotate(token)).token;
    expect(await inspect(next)).toMatchObject({ userId: 'o5' });
    expect(await list('o5')).toMatchObject([{ userId: 'o5' }]);
    expect(await revoke(next)).toBe(true);
    expect(await revokeUser('o5')).toBe(0);
  });
});

test('sessions.issue registers users, and without a user table is 6000', async () => {
  const users = new Set(['known']);
  const app = createApp({ db: users });
  expect(await app.sessions.issue('known')).toMatchObject({ isNewUser: false });
  expect(await app.sessions.issue('new')).toMatchObject({ isNewUser: true });
  expect(users.has('new')).toBe(true);
  expect(await app.sessions.issue('new')).toMatchObject({ isNewUser: false });

  const bare = createApp({ db: null });
  expect(await rejection(bare.sessions.issue('o1'))).toMatchObject({ name: 'MpauthxError', code: 6000 });
});
