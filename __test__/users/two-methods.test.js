'use strict';

const {
  atOnce,
  createApp,
  createUserTable,
  dbAll,
  login,
  openSqlite,
  refresh,
  rejection,
  startFakeWeChat,
} = require('../support');

/**
 * An application's own object with 1.3.2's two methods, in front of a real database; it writes down
 * how it was called.
 */
class Double {
  constructor(handle) {
    this.handle = handle;
    this.calls = [];
  }

  all(...args) {
    return this.answer('all', args);
  }

  run(...args) {
    return this.answer('run', args);
  }

  answer(method, args) {
    this.calls.push({ method, args });
    this.handle[method](...args);
  }

  get methods() {
    return this.calls.map(({ method }) => method);
  }
}

describe('an object with two methods', () => {
  let wechat;
  let double;

  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  beforeEach(async () => {
    const handle = await openSqlite(':memory:');
    await createUserTable(handle);
    double = new Double(handle);
  });

  const open = (options) => createApp({ wechat, db: double, options });

  test('a new user is looked up by all, then inserted by run, once each', async () => {
    await login(open(), wechat, 'o1');
    expect(double.methods).toEqual(['all', 'run']);
    expect(double.calls[0].args[0]).toMatch(/^\s*select\b/i);
    expect(double.calls[1].args[0]).toMatch(/^\s*insert\b/i);
  });

  test('a known user is looked up by all, and run is not called', async () => {
    await login(open(), wechat, 'o1');
    double.calls.length = 0;
    await login(open(), wechat, 'o1');
    await refresh(open(), 'o1');
    expect(double.methods).toEqual(['all', 'all']);
  });

  test('a live token is found without a call', async () => {
    const app = open();
    await login(app, wechat, 'o1');
    double.calls.length = 0;
    await login(app, wechat, 'o1');
    expect(double.methods).toEqual([]);
  });

  test('a refresh of an unknown user asks all and never run', async () => {
    expect(await rejection(open().refreshToken('o1'))).toMatchObject({ code: 6010 });
    expect(new Set(double.methods)).toEqual(new Set(['all']));
  });

  test('every call has two arguments: a statement with the id as a quoted literal, and a callback', async () => {
    await atOnce(3, () => login(open(), wechat, "o'%b"));
    expect(double.calls.length).toBeGreaterThanOrEqual(4);
    for (const { args } of double.calls) {
      expect(args).toEqual([expect.stringContaining("'o''%b'"), expect.any(Function)]);
      expect(args[0]).not.toMatch(/\blike\b|\?|;/i);
    }
  });

  test('whatever an id holds, it goes into literals, and no statement is more than one', async () => {
    const ids = ["o'; DROP TABLE user; --", "''", '?', '\\', 'o1\0x'];
    for (const id of ids) await login(open(), wechat, id);
    const rows = await dbAll(double.handle, 'SELECT hex(openId) AS hex FROM user ORDER BY rowid');
    expect(rows.map(({ hex }) => Buffer.from(hex, 'hex').toString())).toEqual(ids);
    for (const { args } of double.calls) expect(args[0].replace(/'([^']|'')*'/g, "''")).not.toMatch(/[?;]/);
  });

  test.each([
    ['nothing', undefined, ['all', 'run']],
    ['no rows', [], ['all', 'run']],
    ['rows of any form', [{ column: 'city' }, null, 'city', { name: 5 }], ['all']],
  ])('%s in answer to the lookup: a login calls %p', async (_name, rows, methods) => {
    const { handle } = double;
    double.handle = { all: (_sql, answer) => answer(null, rows), run: (...args) => handle.run(...args) };
    await login(open(), wechat, 'o1');
    expect(double.methods).toEqual(methods);
  });

  test('the methods are called on the object', async () => {
    const seen = new Set();
    for (const method of ['all', 'run']) {
      double[method] = function spy(...args) {
        seen.add(this === double);
        return Double.prototype[method].apply(this, args);
      };
    }
    await login(open(), wechat, 'o1');
    expect([...seen]).toEqual([true]);
  });

  test.each([
    ['an Error given to the callback', (_sql, callback) => callback(new Error('disk on fire'))],
    ['text given to the callback', (_sql, callback) => callback('disk on fire')],
    [
      'an Error thrown',
      () => {
        throw new Error('disk on fire');
      },
    ],
  ])('%s is 6000 with its cause, in all and in run', async (_name, method) => {
    const failing = { code: 6000, message: expect.stringMatching(/^Error: .*disk on fire/s) };
    double.run = method;
    expect(await rejection(login(open(), wechat, 'o1'))).toMatchObject(failing);
    double.all = method;
    expect(await rejection(login(open(), wechat, 'o1'))).toMatchObject(failing);
    expect(await rejection(open().refreshToken('o1'))).toMatchObject(failing);
  });

  test('callbacks that come before the method returns, or twice, are one answer', async () => {
    const eager = {
      all: (_sql, callback) => {
        callback(null, []);
        callback(new Error('again'));
      },
      run: (_sql, callback) => {
        callback(null);
        callback(new Error('again'));
      },
    };
    const app = createApp({ wechat, db: eager });
    expect(await login(app, wechat, 'o1')).toMatch(/^o1\|/);
    expect(await rejection(app.refreshToken('o1'))).toMatchObject({ code: 6010 });
  });
});
