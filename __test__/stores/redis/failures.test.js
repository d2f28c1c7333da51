'use strict';

const {
  createApp,
  everybody,
  isValid,
  login,
  refresh,
  rejection,
  startFakeWeChat,
  startRedis,
  until,
  within,
} = require('../../support');
const { failingRedis } = require('./odd-redis');

const PASSWORD = 'Sesame-42';
const TOKEN = `o1|shop|${'ab'.repeat(32)}`;

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

const open = (tokens, redisPass = null) => createApp({ wechat, db: everybody(), tokens, redisPass });

/** The message of every call on a redis that fails, and of health(). */
async function messages(app) {
  const calls = [login(app, wechat, 'o1'), app.refreshToken('o1'), app.isTokenValid(TOKEN)];
  const all = Promise.all([app.health(), ...calls.map(rejection)]);
  const [{ tokens }, ...errors] = await within(10000, all, 'a call');
  for (const error of errors) expect(error).toMatchObject({ code: 6000 });
  expect(tokens).toMatchObject({ ready: false, latencyMs: null });
  return [...errors.map((error) => error.message), tokens.error];
}

describe('a message says what redis said and what to do', () => {
  test.each([
    ['NOAUTH Authentication required.', /NOAUTH .*redisPass/],
    ['LOADING Redis is loading the dataset in memory', /LOADING .*try again/],
    ["READONLY You can't write against a read only replica.", /READONLY .*connect to its master/],
    ["OOM command not allowed when used memory > 'maxmemory'.", /OOM .*maxmemory/],
    ["NOPERM this user has no permissions to run the 'evalsha' command", /NOPERM .*docs\/redis\.md/],
    ['CLUSTERDOWN The cluster is down', /CLUSTERDOWN .*failover/],
    ['MASTERDOWN Link with MASTER is down', /MASTERDOWN/],
    ['ERR max number of clients reached', /max number of clients reached/],
    ['MISCONF Redis is configured to save RDB snapshots, but is unable to persist to disk.', /MISCONF .*disk/],
  ])('%s', async (said, expected) => {
    const { url } = await failingRedis(said);
    for (const message of await messages(open({ url, deadline: 3000 }))) {
      expect(message).toMatch(/^Error: /);
      expect(message).toMatch(expected);
    }
  });

  test('where nothing listens', async () => {
    const server = await startRedis();
    await server.stop();
    for (const message of await messages(open(server.url))) expect(message).toMatch(/^Error: redis cannot be reached/);
  });
});

test('no message holds the password, the user of a call or a token', async () => {
  const said = `ERR unknown command 'evalsha', with args beginning with: 'o1' 'Sesame-42' '${TOKEN}'`;
  const { url } = await failingRedis(said);
  const gone = await startRedis({ password: PASSWORD });
  await gone.stop();
  const places = [url, gone.url].map((place) => place.replace('//', `//bob:${PASSWORD}@`));
  const all = [{ url: places[0] }, { url: places[1] }, { cluster: places }, { sentinels: places, master: 'm' }];
  const apps = all.map((tokens) => open({ ...tokens, deadline: 2000 }, PASSWORD));
  const texts = (await Promise.all(apps.map(messages))).flat();
  expect(texts).toHaveLength(16);
  for (const text of texts) {
    for (const secret of [PASSWORD, TOKEN, TOKEN.slice(-64), 'o1', 'bob']) expect(text).not.toContain(secret);
  }
});

test('a redis that is set right works from then on, whatever was wrong', async () => {
  const server = await startRedis({ password: PASSWORD });
  const app = open(server.url, 'another');
  const ready = async () => (await app.health()).tokens.ready;
  expect(await ready()).toBe(false);
  await server.redis.config('SET', 'requirepass', 'another');
  await until(ready);
  const token = await login(app, wechat, 'o1');

  await server.redis.replicaof('127.0.0.1', '1');
  expect(await ready()).toBe(false);
  await server.redis.replicaof('NO', 'ONE');
  await until(ready);
  expect(await isValid(app, token)).toBe(true);
  const next = await refresh(app, 'o1');
  expect([await isValid(app, token), await isValid(app, next)]).toEqual([false, true]);
});
