'use strict';

// What is odd in a record, or in whose it is: the short way says what the ordinary one says.

const { createApp, everybody, isValid, issue, rejection, startRedis } = require('../../support');
const { turnOff, untilDirect } = require('./support');

let server;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(() => server.redis.flushall());
afterEach(() => jest.restoreAllMocks());

const open = () => createApp({ redis: server, db: everybody(), options: { sessions: { mode: 'each' } } });

/** What both ways say of the tokens, asked at once: the short one first. */
async function bothWays(app, tokens) {
  const say = () =>
    Promise.all(
      tokens.map(async (token) => [await isValid(app, token), await app.verify(token).catch(({ code }) => code)]),
    );
  const short = await say();
  turnOff();
  const ordinary = await say();
  jest.restoreAllMocks();
  return { short, ordinary };
}

describe('a record', () => {
  test.each([
    ['an issue that is no number', 'ctime', 'abc'],
    ['no issue', 'ctime', ''],
    ['no field for the issue', 'ctime', null],
    ['an end that has passed', 'x', Date.now() - 1000],
    ['no field for the end', 'x', null],
    ['an issue of another make', 'ctime', '1e3'],
    ['an issue behind a space', 'ctime', ` ${Date.now()}`],
    ['a device that is no UTF-8', 'd', Buffer.from([0x61, 0xff, 0x62])],
    ['a device with half a character', 'd', Buffer.from([0xe5, 0xb0])],
    ['a device with a sign for what was no character', 'd', 'a\ufffd'],
    ['an empty device', 'd', ''],
    ['an openid that nobody sealed', 'o', 'AAAA'],
    ['an openid of another make', 'o', 'a\nb'],
  ])('with %s', async (_what, field, value) => {
    const app = open();
    await untilDirect(app, await issue(app, 'o1'));
    const token = await issue(app, 'o2');
    await (value === null ? server.redis.hdel(token, field) : server.redis.hset(token, field, value));
    const { short, ordinary } = await bothWays(app, [token]);
    expect(short).toEqual(ordinary);
  });
});

test.each(['-', 'a\nb', 'a\r\nb', '\n', '用户', '"\\'])(
  'the openid %j is told, and takes no other place',
  async (openId) => {
    const app = open();
    await untilDirect(app, await issue(app, 'o1'));
    const tokens = [];
    for (const given of [{ openId: 'first' }, { openId }, { openId: 'last' }, {}]) {
      tokens.push(await issue(app, 'o2', given));
    }
    const { short, ordinary } = await bothWays(app, tokens);
    expect(short).toEqual(ordinary);
    expect(short.map(([, session]) => session.openId)).toEqual(['first', openId, 'last', undefined]);
  },
);

test.each(['-', 'a b', 'a\rb', '{x}', 'u\u0001'])('a user %j is told', async (user) => {
  for (const layout of ['compatible', 'tagged']) {
    const app = createApp({ tokens: { url: server.url, layout }, db: everybody() });
    await untilDirect(app, await issue(app, 'o1'));
    const { token } = await app.sessions.issue(user, { openId: user });
    const { short, ordinary } = await bothWays(app, [token]);
    expect(short).toEqual(ordinary);
    expect(short).toEqual([[true, expect.objectContaining({ userId: user, openId: user })]]);
    await app.sessions.revoke(token);
    expect(await rejection(app.verify(token))).toMatchObject({ code: 6007 });
  }
});

test('an openid that a later login adds is told, though the session was told before', async () => {
  const app = createApp({ redis: server, db: everybody() });
  const token = await issue(app, 'o1');
  await untilDirect(app, token);
  expect((await app.verify(token)).openId).toBeUndefined();
  expect(await issue(app, 'o1', { openId: 'first' })).toBe(token);
  expect((await app.verify(token)).openId).toBe('first');
});
