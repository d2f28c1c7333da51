'use strict';

const { createApp, drivers, DRIVERS, login, rejection, startFakeWeChat, USER_TABLE } = require('../support');
const { lockedElsewhere, userFile } = require('./support');

/** As long as WeChat's ids are. */
const ID = 'oGZUI0egBJY1zhBYw2KhdUfwVJJE';

const fail = (reason) => () => {
  throw reason;
};

const FAILURES = [
  ['an Error thrown', fail],
  ['an Error that a promise rejects with', (reason) => () => Promise.reject(reason)],
  [
    'an Error that an async function throws',
    (reason) => async () => {
      throw reason;
    },
  ],
  [
    'an Error that a thenable throws',
    (reason) => () => ({
      // biome-ignore lint/suspicious/noThenProperty: it is what is tested
      then: fail(reason),
    }),
  ],
  [
    'an Error thrown when a thenable is looked at',
    (reason) => () =>
      Object.defineProperty({}, 'then', {
        get: fail(reason),
      }),
  ],
];

// What a double's callback gets is in user-double.test.js.
const OF_DOUBLES = FAILURES.slice(0, 3);

const REASONS = [
  ['text', 'disk on fire', 'disk on fire'],
  ['a number', 42, '42'],
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['an object with a message', { message: 'disk on fire' }, 'disk on fire'],
  ['an Error with a code', Object.assign(new TypeError('disk on fire'), { code: 'EIO', errno: -5 }), 'disk on fire'],
  ['a frozen Error', Object.freeze(new Error('disk on fire')), 'disk on fire'],
  ['an Error of several lines', new Error('disk\non\r\nfire'), 'disk\non\r\nfire'],
  ['an Error whose message is a number', Object.assign(new Error(), { message: 42 }), '42'],
];

const UNSPEAKABLE = [
  ['a Symbol', Symbol('disk on fire')],
  ['an Error whose message throws', Object.defineProperty(new Error(), 'message', { get: fail(new Error('again')) })],
  ['an object without a prototype', Object.create(null)],
  ['a function whose text throws', Object.assign(() => {}, { toString: fail(new Error('again')) })],
];

describe("failures of the application's object", () => {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  const open = (db) => createApp({ wechat, db });

  /**
   * A store and a double of which one method does what it is told and the others answer that there
   * is nobody.
   */
  const KINDS = {
    has: (method) => ({ has: method, add: () => {} }),
    add: (method) => ({ has: () => false, add: method }),
    all: (method) => ({ all: method, run: (_sql, answer) => answer(null) }),
    run: (method) => ({ all: (_sql, answer) => answer(null, []), run: method }),
  };

  describe.each(Object.keys(KINDS))('of %s', (method) => {
    const isFirst = method === 'has' || method === 'all';
    const ways = method === 'has' || method === 'add' ? FAILURES : OF_DOUBLES;

    /** What a login rejects with, and a refresh, where it comes to the method. */
    async function errors(failing) {
      const db = KINDS[method](failing);
      const found = [await rejection(login(open(db), wechat, ID))];
      if (isFirst) found.push(await rejection(open(db).refreshToken(ID)));
      return found;
    }

    test.each(ways)('%s is 6000 with its message', async (_way, failing) => {
      for (const error of await errors(failing(new Error('disk on fire')))) {
        expect(error).toBeInstanceOf(Error);
        expect({ ...error, message: error.message }).toStrictEqual({ code: 6000, message: 'Error: disk on fire' });
      }
    });

    test.each(REASONS)('%s as the reason is 6000 with its text', async (_kind, reason, text) => {
      for (const [, failing] of ways) {
        for (const error of await errors(failing(reason))) {
          expect({ ...error, message: error.message }).toStrictEqual({ code: 6000, message: `Error: ${text}` });
        }
      }
    });

    test.each(UNSPEAKABLE)('%s as the reason is 6000 all the same', async (_kind, reason) => {
      for (const [, failing] of ways) {
        for (const error of await errors(failing(reason))) {
          expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(/^Error: ./) });
        }
      }
    });

    test('the id is not repeated', async () => {
      const failing = fail(new Error(`cannot keep ${ID}, '${ID}' is odd`));
      for (const error of await errors(failing)) expect(error.message).toBe("Error: cannot keep ***, '***' is odd");
    });

    test.each([
      ['oGZUI0egBJY1', 'no row for ***'],
      ['database', 'no row for database'],
    ])('an id that can be a word of the message (%s) is not looked for in it', async (id, text) => {
      const db = KINDS[method](fail(new Error(`no row for ${id}`)));
      expect((await rejection(login(open(db), wechat, id))).message).toBe(`Error: ${text}`);
    });
  });

  test.each(['all', 'run'])('(%s): the id in a statement is not repeated', async (method) => {
    const asked = [];
    const db = KINDS[method]((sql, answer) => {
      asked.push(sql);
      answer(new Error(`${sql} - disk on fire`));
    });
    const error = await rejection(login(open(db), wechat, "o'GZUI0egBJY1zhBYw2KhdU"));
    expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(/^Error: .*'\*\*\*'.*disk on fire$/) });
    expect(asked).toEqual([expect.stringContaining("'o''GZUI0egBJY1zhBYw2KhdU'")]);
    expect(error.message).not.toContain('GZUI');
  });

  describe.each(DRIVERS)('a handle of %s', (driver) => {
    const failing = async (app, cause) => {
      for (const call of [() => login(app, wechat, 'o1'), () => app.refreshToken('o2')]) {
        expect(await rejection(call())).toMatchObject({ code: 6000, message: expect.stringMatching(cause) });
      }
    };

    test('that the application has closed: 6000 with the cause', async () => {
      const own = await drivers[driver](':memory:');
      await own.exec(USER_TABLE);
      const app = open(own.db);
      await own.close();
      await failing(app, /^Error: .*(not open|closed|MISUSE)/is);
    });

    test('whose file another process has locked for longer than it waits: 6000, then all is well', async () => {
      const file = await userFile();
      const app = open((await drivers[driver](file, 50)).db);
      const lock = await lockedElsewhere(file);
      await failing(app, /^Error: .*database is locked/s);
      await lock.release();
      expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
      await login(app, wechat, 'o1');
    });

    test('that cannot write: 6000 with the cause, and known users log in', async () => {
      const own = await drivers[driver](await userFile({ users: ['known'] }));
      await own.exec('PRAGMA query_only = ON');
      const app = open(own.db);
      await login(app, wechat, 'known');
      expect(await rejection(login(app, wechat, 'new'))).toMatchObject({
        code: 6000,
        message: expect.stringMatching(/^Error: .*readonly database/s),
      });
    });
  });
});
