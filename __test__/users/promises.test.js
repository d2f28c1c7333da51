'use strict';

// Databases whose `all` and `run` return a promise, or the answer itself, and call nobody back.

const util = require('node:util');
const {
  atOnce,
  createApp,
  createUserTable,
  dbAll,
  dbExec,
  drivers,
  login,
  openSqlite,
  refresh,
  registeredIds,
  rejection,
  startFakeWeChat,
  within,
} = require('../support');
const { userTable } = require('./table');
const { userView } = require('./view');
const { inMemory } = require('./databases');

/** As the package sqlite-async is written: what it is given goes to sqlite3, and its callback. */
class SqliteAsync {
  constructor(db) {
    this.db = db;
    this.filename = db.filename;
  }

  all(...args) {
    return new Promise((resolve, reject) => {
      this.db.all(...args, (error, rows) => (error ? reject(error) : resolve(rows)));
    });
  }

  run(...args) {
    return new Promise((resolve, reject) => {
      this.db.run(...args, function callback(error) {
        if (error) reject(error);
        else resolve({ lastID: this.lastID, changes: this.changes });
      });
    });
  }

  prepare() {}
  exec() {}
}

/** As promised-sqlite3 is written: `run` resolves with the statement. */
class PromisedSqlite3 extends SqliteAsync {
  run(...args) {
    return new Promise((resolve, reject) => {
      this.db.run(...args, function callback(error) {
        if (error) reject(error);
        else resolve(this);
      });
    });
  }
}

const promisified = (db) => ({
  all: util.promisify(db.all.bind(db)),
  run: util.promisify(db.run.bind(db)),
});

/** Its values are spread, so a callback in their place is a TypeError. */
const strict = (db) => ({
  all: async (sql, values = []) => promisified(db).all(sql, [...values]),
  run: async (sql, values = []) => promisified(db).run(sql, [...values]),
});

/** A Database of sqlite3, as far as one can tell, whose methods were made to return promises. */
function overridden(db) {
  const { all, run } = new SqliteAsync({ all: db.all.bind(db), run: db.run.bind(db) });
  return new Proxy(db, {
    get(target, name) {
      if (name === 'all' || name === 'run')
        return (sql, values) => ({ all, run })[name].call({ db: target }, sql, values);
      const value = target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A synchronous driver behind `all` and `run`. */
const returning = (db) => ({
  all: (sql) => db.prepare(sql).all(),
  run: (sql) => db.prepare(sql).run(),
});

/** The same of a driver that binds its arguments, and refuses functions. */
const returningBound = (db) => ({
  all: (sql, ...values) => db.prepare(sql).all(...values),
  run: (sql, ...values) => db.prepare(sql).run(...values),
});

/** A synchronous driver that works on a thread of its own: everything is a promise. */
const prepared = (db) => ({
  exec: async (sql) => db.exec(sql),
  prepare: async (sql) => {
    const statement = db.prepare(sql);
    return { all: async (...values) => statement.all(...values), run: async (...values) => statement.run(...values) };
  },
});

const KINDS = [
  ['sqlite-async', 'sqlite3', (db) => new SqliteAsync(db)],
  ['promised-sqlite3', 'sqlite3', (db) => new PromisedSqlite3(db)],
  ['sqlite3 by util.promisify', 'sqlite3', promisified, { tells: false }],
  ['a wrapper that spreads its values', 'sqlite3', strict, { tells: false }],
  ['a Database of sqlite3 with methods of its own', 'sqlite3', overridden],
  ['better-sqlite3 behind functions', 'better-sqlite3', returning],
  ['better-sqlite3 behind functions that bind', 'better-sqlite3', returningBound],
  ['better-sqlite3 behind promises', 'better-sqlite3', prepared],
];

describe.each(KINDS)('a database that calls nobody back: %s', (_name, driver, as, view) => {
  userTable(inMemory(driver, as));
  userView(inMemory(driver, as), { learns: true, ...view });
});

describe.each(KINDS)('a database that calls nobody back: %s', (_name, driver, as) => {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  test('says who is new', async () => {
    const own = await drivers[driver](':memory:');
    await own.exec('CREATE TABLE user (openId TEXT PRIMARY KEY)');
    const app = createApp({ wechat, db: as(own.db) });
    const said = await atOnce(4, () => app.login(wechat.user({ openId: 'o1' }).code));
    expect(said.filter(({ isNewUser }) => isNewUser).length).toBeGreaterThan(0);
    expect((await app.login(wechat.user({ openId: 'o1' }).code)).isNewUser).toBe(false);
    expect(await registeredIds(own)).toEqual(['o1']);
  });

  test('fails with its cause', async () => {
    const own = await drivers[driver](':memory:');
    const app = createApp({ wechat, db: as(own.db) });
    for (const call of [() => login(app, wechat, 'o1'), () => app.refreshToken('o1')]) {
      const error = await within(5000, rejection(call()), 'the call');
      expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(/^Error: .*no such table: user/s) });
    }
  });
});

describe('a database that calls back, and returns a promise as well', () => {
  let wechat;
  let handle;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });
  beforeEach(async () => {
    handle = await openSqlite(':memory:');
    await createUserTable(handle);
  });

  const later = (call) => setTimeout(call, 20);

  test.each([
    ['for nothing', async () => {}],
    ['for a timer', async () => later(() => {})],
    ['for nothing that it resolves later', async () => new Promise((resolve) => later(resolve))],
  ])('%s, before the callback: the callback counts', async (_name, promise) => {
    const asked = [];
    const ask =
      (method) =>
      (...args) => {
        asked.push([method, args.length]);
        later(() => handle[method](...args));
        return promise();
      };
    const app = createApp({ wechat, db: { all: ask('all'), run: ask('run') } });
    await login(app, wechat, 'o1');
    expect(asked).toEqual([
      ['all', 2],
      ['run', 2],
    ]);
    await refresh(app, 'o1');
    expect(await rejection(app.refreshToken('o2'))).toMatchObject({ code: 6010 });
    expect(await dbAll(handle, 'SELECT openId FROM user')).toEqual([{ openId: 'o1' }]);
  });

  test('for nothing: createTable waits for the callback', async () => {
    await dbExec(handle, 'DROP TABLE user');
    const ask =
      (method) =>
      async (...args) => {
        later(() => handle[method](...args));
      };
    const app = createApp({ wechat, db: { all: ask('all'), run: ask('run') }, options: { createTable: true } });
    await login(app, wechat, 'o1');
    expect(await dbAll(handle, 'SELECT openId FROM user')).toEqual([{ openId: 'o1' }]);
  });

  test('a failure is asked about once', async () => {
    const asked = [];
    const all = async (...args) => {
      asked.push(args.length);
      throw new Error('disk on fire');
    };
    const app = createApp({ wechat, db: { all, run: all } });
    expect(await rejection(login(app, wechat, 'o1'))).toMatchObject({ code: 6000, message: 'Error: disk on fire' });
    expect(asked).toEqual([2]);
  });
});
