'use strict';

// Who a user is: as the application's function says, as the user table says, or the openid.

const { createApp, defer, mpauthx, rejection, SECRET, sample, startFakeWeChat } = require('../../support');
const { failing, open } = require('./support');

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat({ strict: true });
});
const code = (openId = 'o1', given) => wechat.user({ openId, ...given }).code;

describe('without a table and a function', () => {
  test('the user is the openid, whatever else WeChat says', async () => {
    const auth = open({ on: wechat });
    expect(await auth.login(code())).toMatchObject({ userId: 'o1' });
    const bound = await auth.login(code('o1', { unionId: 'u1' }));
    expect(bound).toMatchObject({ userId: 'o1', openId: 'o1', unionId: 'u1' });
    expect(bound).not.toHaveProperty('isNewUser');
    expect(await auth.sessions.list('o1')).toHaveLength(2);
    expect((await auth.health()).users).toMatchObject({ ready: true });
  });
});

describe('with a user table', () => {
  test('it is as in the factory', async () => {
    const users = new Set();
    const auth = open({ on: wechat, db: { has: (id) => users.has(id), add: (id) => users.add(id) } });
    expect(await auth.login(code('o1', { unionId: 'u1' }))).toMatchObject({ userId: 'u1', isNewUser: true });
    expect(await auth.login(code('o1', { unionId: 'u1' }))).toMatchObject({ userId: 'u1', isNewUser: false });
    expect([...users]).toEqual(['u1']);
  });
});

describe('resolveUser', () => {
  const asked = (answer) => {
    const calls = [];
    const auth = open({
      on: wechat,
      resolveUser: async (...args) => {
        calls.push(args);
        return typeof answer === 'function' ? answer(...args) : answer;
      },
    });
    return { auth, calls };
  };

  test('is asked whom WeChat has named, and says who that is', async () => {
    const { auth, calls } = asked('user-7');
    expect(await auth.login(code())).toMatchObject({ userId: 'user-7', openId: 'o1' });
    expect(await auth.login(code('o2', { unionId: 'u2' }))).toMatchObject({
      userId: 'user-7',
      openId: 'o2',
      unionId: 'u2',
    });
    expect(calls).toStrictEqual([
      [{ appId: sample.appId, openId: 'o1' }],
      [{ appId: sample.appId, openId: 'o2', unionId: 'u2' }],
    ]);
  });

  test.each([
    [{ userId: 'a', isNewUser: true }, true],
    [{ userId: 'a', isNewUser: false }, false],
    [{ userId: 'a', isNewUser: undefined }, undefined],
    [{ userId: 'a', isNewUser: null, name: 'x' }, undefined],
    ['a', undefined],
  ])('may say whether the user is new (%j)', async (answer, isNewUser) => {
    const login = await asked(answer).auth.login(code());
    expect([login.userId, login.isNewUser]).toEqual(['a', isNewUser]);
    expect('isNewUser' in login).toBe(isNewUser !== undefined);
  });

  test.each([
    ['an Error', new Error('blocked')],
    ['an Error with a status', Object.assign(new Error('blocked'), { status: 403 })],
    ['an MpauthxError', new mpauthx.MpauthxError('x', { code: 6010 })],
    ['text', 'blocked'],
    ['undefined', undefined],
    ['null', null],
    ['a Symbol', Symbol('s')],
  ])('throws through to the caller, who gets it as it is (%s)', async (_what, thrown) => {
    const { auth } = asked(() => {
      throw thrown;
    });
    const results = await Promise.allSettled([auth.login(code()), auth.login(code('o2'))]);
    for (const { status, reason } of results) expect([status, reason]).toEqual(['rejected', thrown]);
    expect(await auth.sessions.list('o1')).toEqual([]);
  });

  test('that throws at once does so too', async () => {
    const thrown = new Error('blocked');
    const auth = open({
      on: wechat,
      resolveUser: () => {
        throw thrown;
      },
    });
    expect(await rejection(auth.login(code()))).toBe(thrown);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a BigInt', 7n],
    ['true', true],
    ['empty text', ''],
    ['a space', 'a b'],
    ['a bar', 'a|b'],
    ['no ASCII', '用户'],
    ['129 characters', 'x'.repeat(129)],
    ['an empty object', {}],
    ['a user as a database has it', { id: 7 }],
    ['a number in an object', { userId: 7 }],
    ['an isNewUser that is a number', { userId: 'a', isNewUser: 1 }],
    ['a list', ['a']],
  ])('that gives %s is a TypeError that says what to return', async (_what, answer) => {
    const { auth } = asked(() => answer);
    const error = await rejection(auth.login(code()));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^resolveUser gave .*: it must return the id of a user/);
    expect(await auth.sessions.list('o1')).toEqual([]);
  });

  test('is not asked where WeChat refuses, nor by sessions.issue', async () => {
    const { auth, calls } = asked('a');
    expect(await rejection(auth.login('nobody-made-it'))).toMatchObject({ ...failing(6008, 400), errcode: 40029 });
    expect(await auth.sessions.issue('b')).toMatchObject({ userId: 'b' });
    expect(calls).toEqual([]);
  });

  test('is told no app where there is none', async () => {
    const seen = [];
    const auth = mpauthx.createAuth({
      sku: 'shop',
      tokens: 'memory',
      wechat: { exchange: () => ({ openid: 'o1' }) },
      resolveUser: (identity) => seen.push(identity) && 'a',
    });
    defer(() => auth.close());
    expect(await auth.login('code')).toMatchObject({ userId: 'a', openId: 'o1' });
    expect(seen).toStrictEqual([{ openId: 'o1' }]);
  });

  test('that asks for what it is asked by, and is asked many times at once', async () => {
    const auth = open({
      on: wechat,
      resolveUser: async ({ openId }) => (openId === 'o0' ? (await auth.sessions.issue('inner')).userId : openId),
    });
    const logins = await Promise.all(Array.from({ length: 50 }, (_, i) => auth.login(code(`o${i}`))));
    expect(logins.map(({ userId }) => userId)).toEqual(logins.map((_, i) => (i ? `o${i}` : 'inner')));
  });
});

test('what is right in one door is right in the other, on the same store', async () => {
  const app = createApp({ wechat, db: new Set(), secret: SECRET });
  const { token } = await app.login(code());
  expect(await app.verify(token)).toMatchObject({ userId: 'o1' });
  await app.isTokenValid(token);
  defer(() => app.close());
});
