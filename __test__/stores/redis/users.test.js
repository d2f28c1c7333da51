'use strict';

const { createApp, everybody, isValid, login, rejection, startFakeWeChat, startRedis } = require('../../support');
const { failingRedis, oddRedis } = require('./odd-redis');
const { startFakeSentinel } = require('./fake-sentinel');

const REFUSED = /^Error: redis refused the password, check redisPass and the URL$/;

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

const open = (tokens, redisPass = null) => createApp({ wechat, db: everybody(), tokens, redisPass });

async function expectError(app, message) {
  expect(await rejection(login(app, wechat, 'o1'))).toMatchObject({
    code: 6000,
    message: expect.stringMatching(message),
  });
  expect((await app.health()).tokens).toMatchObject({ ready: false, error: expect.stringMatching(message) });
}

const expectWorks = async (app) => expect(await isValid(app, await login(app, wechat, 'o1'))).toBe(true);

describe('a user whom the URL names', () => {
  let server;
  let redis;
  beforeAll(async () => {
    // `default` needs no password here: whoever falls back to it gets in.
    ({ redis, ...server } = await startRedis());
    await redis.call('ACL', 'SETUSER', 'bob', 'on', '>right', '~*', '+@all');
    await redis.call('ACL', 'SETUSER', 'off', 'off', '>right', '~*', '+@all');
    await redis.call('ACL', 'SETUSER', 'open', 'on', 'nopass', '~*', '+@all');
  });
  beforeEach(() => redis.flushall());
  const at = (login, path = '') => `${server.url.replace('//', `//${login}@`)}${path}`;

  test.each([
    ['a wrong password', 'bob:wrong', null],
    ['a wrong redisPass', 'bob', 'wrong'],
    ['no password', 'bob', null],
    ['an empty password', 'bob:', null],
    ['the right password, but switched off', 'off:right', null],
    ['a name that redis does not know', 'nobody:right', null],
  ])('with %s never becomes another one', async (_how, who, redisPass) => {
    for (const path of ['', '/1']) {
      await expectError(open(at(who, path), redisPass), REFUSED);
      await expectError(open({ url: at(who, path), layout: 'tagged' }, redisPass), REFUSED);
    }
    expect(await redis.dbsize()).toBe(0);
  });

  test.each(['bob:right', 'open', 'open:', 'open:any'])('is who it says: %s', async (who) => {
    await expectWorks(open(at(who, '/1')));
    const users = (await redis.client('LIST')).split('\n').map((line) => / user=(\S+)/.exec(line)?.[1]);
    expect(users).toContain(who.split(':')[0]);
  });

  test('is one for the cache too', async () => {
    const app = createApp({ wechat, db: everybody(), tokens: at('bob:right'), options: { cache: true } });
    await expectWorks(app);
    expect((await app.health()).tokens).toMatchObject({ ready: true, warnings: [] });
    const users = (await redis.client('LIST')).split('\n').map((line) => / flags=\w*t.* user=(\S+)/.exec(line)?.[1]);
    expect(users.filter(Boolean)).toEqual(['bob']);
  });

  test('may be one of the Sentinels', async () => {
    const master = () => ({ host: '127.0.0.1', port: server.port });
    const sentinel = await startFakeSentinel({ master, users: { bob: 'right' } });
    const named = (who) => ({ sentinels: [sentinel.url.replace('//', `//${who}@`)], master: 'm' });
    await expectWorks(open(named('bob:right')));
    expect(sentinel.said()[0]).toEqual(['AUTH', 'bob', 'right']);
    await expectError(open(named('bob:wrong')), REFUSED);
  });

  test('with a wrong password is refused by a Cluster', async () => {
    const node = await startRedis({ args: ['--cluster-enabled', 'yes'] });
    await node.redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await node.redis.call('ACL', 'SETUSER', 'bob', 'on', '>right', '~*', '+@all');
    for (const who of ['bob:wrong', 'bob']) {
      await expectError(open({ cluster: [node.url.replace('//', `//${who}@`)] }), REFUSED);
    }
  });
});

describe('a password without a user', () => {
  /** A server that says this to AUTH, and to everything else that it is there. */
  const answering = (said) =>
    oddRedis((socket) => {
      socket.setEncoding('latin1').on('data', (chunk) => {
        const names = chunk.match(/(?<=\*\d+\r\n\$\d+\r\n)\w+/g) || [];
        for (const name of names) socket.write(name === 'AUTH' ? `-${said}\r\n` : '+PONG\r\n');
      });
    });

  test('that is wrong is said to be wrong, in whatever database', async () => {
    const server = await startRedis({ password: 'right' });
    for (const path of ['', '/1']) await expectError(open(`${server.url}${path}`, 'wrong'), REFUSED);
    for (const path of ['', '/1']) await expectError(open(`${server.url}${path}`), /NOAUTH .*redisPass/);
    await expectWorks(open(`${server.url}/1`, 'right'));
  });

  test('is left out where redis says that it wants none, in whatever words, and nowhere else', async () => {
    const needless = [
      'ERR Client sent AUTH, but no password is set',
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    ];
    for (const said of needless) {
      const { url } = await answering(said);
      expect((await open(url, 'any').health()).tokens.error).toBeUndefined();
      await expectError(open(url.replace('//', '//bob:any@')), REFUSED);
    }
    const refusals = ['ERR invalid password', 'WRONGPASS invalid username-password pair or user is disabled.'];
    for (const said of refusals) await expectError(open((await answering(said)).url, 'any'), REFUSED);
  });

  test.each([
    'ERR max number of clients reached',
    'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.',
    'ERR something nobody has thought of',
  ])('is not blamed for %s', async (said) => {
    const words = new RegExp(`^Error: .*${said.slice(0, 30)}`);
    for (const path of ['', '/1']) await expectError(open(`${(await failingRedis(said)).url}${path}`, 'any'), words);
  });

  test('goes with the user of the URL to a redis that knows no users', async () => {
    const { url } = await oddRedis((socket) => {
      socket.setEncoding('latin1').on('data', (chunk) => {
        for (const command of chunk.split(/(?=\*\d+\r\n\$)/)) {
          const tooMany = "-ERR wrong number of arguments for 'auth' command\r\n";
          socket.write(command.startsWith('*3\r\n$4\r\nAUTH') ? tooMany : '+PONG\r\n');
        }
      });
    });
    expect((await open(url.replace('//', '//bob:right@')).health()).tokens).toMatchObject({ ready: true });
  });
});
