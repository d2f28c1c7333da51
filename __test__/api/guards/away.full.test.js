'use strict';

// A store that is away, in every framework: 503 with Retry-After, never 401, from guards as people
// write them, ours, and the routes. Nothing hangs, and all works again when it is back.

const { startFakeWeChat, startRedis, until } = require('../../support');
const { describeEach, idiomsOf } = require('./frameworks');
const { SECRET, makeAuth, startServer } = require('./support');
const { LATER, pause } = require('./servers/parts');

const ROUTES = [
  ['POST', '/auth/renew'],
  ['POST', '/auth/logout'],
  ['GET', '/auth/sessions'],
  ['DELETE', '/auth/sessions'],
  ['DELETE', `/auth/sessions/${'0'.repeat(32)}`],
];
const GUARDED = ['/guarded', '/optional', '/named'];

/** These forward the message of an error and its status, but not its headers. */
const WITHOUT_HEADERS = /polka|restify|Nest|e\.status/;

describeEach((name, { form }) => {
  const here = {};
  let server;
  let token;
  beforeAll(async () => {
    here.redis = await startRedis();
    here.wechat = await startFakeWeChat();
    here.auth = makeAuth(here);
    server = await startServer(name, here);
    await here.redis.stop();
  });
  afterAll(() => expect(server.hasEnded()).toBe(false));
  beforeEach(comeBack);

  /** The store is there again, and so is everything else. */
  async function comeBack() {
    here.redis = await startRedis({ port: here.redis.port });
    await until(() => here.auth.sessions.issue('o-1').catch(() => false));
    await until(async () => (await server.ask('POST', '/auth/login', { json: { code: code() } })).status === 200);
    ({ token } = await here.auth.sessions.issue('o-1'));
    expect((await server.ask('GET', '/guarded', { token })).status).toBe(200);
  }

  const idioms = idiomsOf(name).map(([idiom], i) => [idiom, `/idiom/${i}`]);
  const code = () => here.wechat.user({ openId: 'o-1' }).code;

  const expectAway = ({ status, headers, json }, what) => {
    expect({ what, status }).toEqual({ what, status: 503 });
    expect(headers).toMatchObject({ 'retry-after': expect.stringMatching(/^\d+$/), 'cache-control': 'no-store' });
    expect(headers).not.toHaveProperty('www-authenticate');
    expect(Number(form === 'flat' ? json.code : json.error.code)).toBe(6000);
    expect(form === 'flat' ? json.message : json.error.message).not.toMatch(/127\.0\.0\.1|redis/);
  };

  /** Asks everything at once, and expects that the store is away. */
  const askAll = async () => {
    const ours = [
      ...GUARDED.map((path) => ['GET', path, { token }]),
      ...ROUTES.map(([method, target]) => [method, target, { token }]),
      ['POST', '/auth/login', { json: { code: code() } }],
    ];
    const theirs = idioms.map(async ([idiom, path]) => {
      const { status, headers, text } = await server.ask('GET', path, { token });
      expect(text).not.toContain(SECRET);
      expect({ idiom, status }).toEqual({ idiom, status: 503 });
      if (!WITHOUT_HEADERS.test(`${name} ${idiom}`)) expect(headers['retry-after']).toMatch(/^\d+$/);
    });
    await Promise.all([
      ...theirs,
      ...ours.map(async ([method, target, given]) => {
        expectAway(await server.ask(method, target, given), `${method} ${target}`);
      }),
    ]);
  };

  test('a store that is away', async () => {
    await here.redis.stop();
    await askAll();
    // Nobody needs the store to know that these are nothing.
    expect((await server.ask('GET', '/guarded')).status).toBe(401);
    expect((await server.ask('GET', '/guarded', { token: 'garbage' })).status).toBe(401);
    expect((await server.ask('GET', '/optional')).status).toBe(200);
    await comeBack();
  }, 60000);

  test('a store that goes away while it is asked', async () => {
    here.redis.pause();
    const asked = askAll();
    await pause(300);
    await here.redis.stop();
    await asked;
    await comeBack();
  }, 60000);

  test('a store that goes away between the guard and the handler', async () => {
    const asked = server.ask('GET', '/later', { token });
    await pause(LATER / 2);
    await here.redis.stop();
    const { status, text } = await asked;
    expect({ status, text }).toEqual({ status: 503, text: expect.not.stringMatching(/"count"/) });
    await comeBack();
  }, 60000);
});
