'use strict';

const {
  atOnce,
  createApp,
  dbAll,
  dbExec,
  dbRun,
  login,
  openSqlite,
  refresh,
  rejection,
  startFakeWeChat,
  USER_TABLE,
} = require('../support');
const { userStore } = require('./store');
const { seenAsStore } = require('./table');

/**
 * An application's own store: ids in a Set. `answer` makes the answers what the application answers
 * with.
 */
function inSet(answer) {
  const users = new Set();
  return {
    db: {
      has: (id) => answer(() => users.has(id)),
      add: (id) => answer(() => users.add(id)),
      remove: (id) => answer(() => users.delete(id)),
    },
    ids: async () => [...users],
    register: async (...ids) => {
      for (const id of ids) users.add(id);
    },
    forget: async (id) => users.delete(id),
  };
}

/** The same on a real database, as an application would write it. */
async function inSqlite() {
  const handle = await openSqlite(':memory:');
  await dbExec(handle, USER_TABLE);
  const db = {
    has: async (id) => (await dbAll(handle, 'SELECT 1 FROM user WHERE openId = ?', [id])).length > 0,
    add: (id) => dbRun(handle, 'INSERT OR IGNORE INTO user (openId) VALUES (?)', [id]),
    remove: (id) => dbRun(handle, 'DELETE FROM user WHERE openId = ?', [id]),
  };
  const [all, run] = [dbAll, dbRun].map((ask) => (sql, params) => ask(handle, sql, params));
  return seenAsStore({ db, all, run });
}

const later = (answer) => new Promise((resolve) => setImmediate(() => resolve(answer())));

describe.each([
  ['that answers at once', () => inSet((answer) => answer())],
  ['that answers by promises', () => inSet(async (answer) => answer())],
  ['that answers later', () => inSet(later)],
  ['on a database', inSqlite],
])("the user store: the application's own, %s", (_name, open) => userStore(open));

describe('an object with has and add', () => {
  let wechat;
  let calls;
  let known;
  let db;

  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  beforeEach(() => {
    calls = [];
    known = new Set();
    db = {
      has(...args) {
        calls.push(['has', ...args]);
        return known.has(args[0]);
      },
      add(...args) {
        calls.push(['add', ...args]);
        known.add(args[0]);
      },
    };
  });

  const open = (options, given = db) => createApp({ wechat, db: given, options });

  test('is asked whether a user is there, and given those who are not, by their ids alone', async () => {
    await login(open(), wechat, 'o1');
    expect(calls).toStrictEqual([
      ['has', 'o1'],
      ['add', 'o1'],
    ]);
  });

  test('is asked once by a login of a known user and by a refresh, and not where a token is live', async () => {
    known.add('o1');
    const app = open();
    await login(app, wechat, 'o1');
    await login(app, wechat, 'o1');
    await refresh(app, 'o1');
    expect(calls).toEqual([
      ['has', 'o1'],
      ['has', 'o1'],
    ]);
  });

  test('is left alone by createTable', async () => {
    await login(open({ createTable: true }), wechat, 'o1');
    expect(calls.map(([method]) => method)).toEqual(['has', 'add']);
  });

  test('may be a Set', async () => {
    const set = new Set(['known']);
    const app = open({}, set);
    await refresh(app, 'known');
    expect(await rejection(app.refreshToken('new'))).toMatchObject({ code: 6010 });
    await atOnce(5, () => login(app, wechat, 'new'));
    await refresh(app, 'new');
    expect([...set]).toEqual(['known', 'new']);
  });

  test('may be of a class with private fields: its methods are called on it', async () => {
    class Users {
      #ids = new Set();
      has(id) {
        return this.#ids.has(id);
      }
      async add(id) {
        this.#ids.add(id);
      }
    }
    const app = open({}, new Users());
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
    await login(app, wechat, 'o1');
    await refresh(app, 'o1');
  });

  test('may be a function', async () => {
    const app = open(
      {},
      Object.assign(() => {}, db),
    );
    await login(app, wechat, 'o1');
    expect(calls.map(([method]) => method)).toEqual(['has', 'add']);
  });

  test('that has all and run too is called by those', async () => {
    const handle = await openSqlite(':memory:');
    await dbExec(handle, USER_TABLE);
    const both = { ...db, all: (...args) => handle.all(...args), run: (...args) => handle.run(...args) };
    await login(open({}, both), wechat, 'o1');
    expect(calls).toEqual([]);
    expect(await dbAll(handle, 'SELECT openId FROM user')).toEqual([{ openId: 'o1' }]);
  });

  test.each([true, 1, 'yes', {}, [], () => {}, Symbol('yes'), 1n, new Date(0)])(
    '%p from has means there',
    async (answer) => {
      for (const given of [answer, Promise.resolve(answer)]) {
        db.has = () => given;
        await refresh(open(), 'o1');
        await login(open(), wechat, 'o1');
      }
      expect(calls).toEqual([]);
    },
  );

  test.each([false, 0, '', null, undefined, Number.NaN, 0n])('%p from has means not there', async (answer) => {
    for (const given of [answer, Promise.resolve(answer)]) {
      db.has = () => given;
      expect(await rejection(open().refreshToken('o1'))).toMatchObject({ code: 6010 });
    }
    await login(open(), wechat, 'o1');
    expect(calls).toEqual([['add', 'o1']]);
  });

  test.each([false, 0, null, new Error('not thrown'), Symbol('s'), new Map([['then', 'nothing']])])(
    '%p from add means added',
    async (answer) => {
      db.add = () => answer;
      expect(await login(open(), wechat, 'o1')).toMatch(/^o1\|/);
    },
  );

  test('may answer with any thenable, of which the first answer counts', async () => {
    const twice = (answer) => ({
      // biome-ignore lint/suspicious/noThenProperty: it is what is tested
      then(resolve, reject) {
        resolve(answer);
        reject(new Error('again'));
        resolve(!answer);
      },
    });
    db.has = () => twice(false);
    expect(await rejection(open().refreshToken('o1'))).toMatchObject({ code: 6010 });
    db.add = () => twice(undefined);
    await login(open(), wechat, 'o1');
    db.has = () => twice(true);
    await refresh(open(), 'o1');
  });

  test('that has remove is told whom to forget, after their sessions have ended', async () => {
    const app = open();
    const token = await login(app, wechat, 'o1');
    calls.length = 0;
    db.remove = async (...args) => {
      calls.push(['remove', ...args, await app.sessions.inspect(token)]);
    };
    expect(await app.forget('o1')).toBe(1);
    expect(calls).toStrictEqual([['remove', 'o1', null]]);
  });

  test('that has no remove keeps whom it has, and their sessions end', async () => {
    const app = open();
    await login(app, wechat, 'o1');
    expect(await app.forget('o1')).toBe(1);
    expect([...known]).toEqual(['o1']);
  });

  test.each([
    () => {
      throw new Error('disk on fire: o123456789012345678');
    },
    async () => Promise.reject(new Error('disk on fire: o123456789012345678')),
  ])('that cannot remove a user fails the call, and the sessions have ended', async (remove) => {
    db.remove = remove;
    const app = open();
    const token = await login(app, wechat, 'o123456789012345678');
    const error = await rejection(app.forget('o123456789012345678'));
    expect(error).toMatchObject({ name: 'MpauthxError', code: 6000, status: 503 });
    expect(error.cause.message).toBe('Error: disk on fire: ***');
    expect(await app.sessions.inspect(token)).toBeNull();
  });

  test('is told of by health, which asks for nobody', async () => {
    expect((await open().health()).users).toStrictEqual({ kind: 'store', ready: true });
    expect(calls).toEqual([['has', 'mpauthx-health-check']]);
    db.has = () => {
      throw new Error('disk on fire');
    };
    const error = 'Error: disk on fire';
    expect((await open().health()).users).toStrictEqual({ kind: 'store', ready: false, error });
  });
});
