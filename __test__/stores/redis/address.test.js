'use strict';

const path = require('node:path');
const {
  createApp,
  everybody,
  isValid,
  login,
  rejection,
  startFakeWeChat,
  startRedis,
  tempDir,
} = require('../../support');

const PASSWORD = 'p@ss: wörd/#?%41';
const REFUSED = { code: 6000, message: expect.stringMatching(/^Error: .*password.*redisPass/) };

let wechat;
let server;
let socket;
beforeAll(async () => {
  wechat = await startFakeWeChat();
  socket = path.join(tempDir(), 'redis.sock');
  server = await startRedis({ password: PASSWORD, args: ['--unixsocket', socket] });
  await server.redis.call('ACL', 'SETUSER', 'bob', 'on', `>${PASSWORD}2`, '~*', '+@all');
});
beforeEach(() => server.redis.flushall());

const open = (tokens, redisPass = null) => createApp({ wechat, db: everybody(), tokens, redisPass });

/** The server's URL with this user and password, encoded as they have to be. */
const at = (user, password) =>
  server.url.replace('//', `//${user}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`);

/** Logs in; that the token lies in the database of this number. */
async function expectTokenIn(database, app) {
  const token = await login(app, wechat, 'o1');
  expect(await isValid(app, token)).toBe(true);
  for (const number of [0, 1, 15]) {
    await server.redis.select(number);
    expect([number, await server.redis.exists(token)]).toEqual([number, number === database ? 1 : 0]);
  }
  await server.redis.select(0);
}

async function expectRefused(app) {
  const error = await rejection(login(app, wechat, 'o1'));
  expect(error).toMatchObject(REFUSED);
  expect(error).toBeInstanceOf(Error);
  const { tokens } = await app.health();
  expect(tokens).toMatchObject({ ready: false, error: REFUSED.message });
  const said = `${error.stack}${JSON.stringify(tokens)}`;
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), 'wrong-one', 'w%C3%B6rd']) {
    expect(said).not.toContain(secret);
  }
}

describe('the password', () => {
  test('can stand in the URL, percent-encoded', () => expectTokenIn(0, open(at('', PASSWORD))));

  test('is redisPass where the URL has none', () => expectTokenIn(0, open({ url: server.url }, PASSWORD)));

  test('in the URL wins over redisPass', async () => {
    await expectTokenIn(0, open(at('', PASSWORD), 'wrong-one'));
    await expectRefused(open(at('', 'wrong-one'), PASSWORD));
  });

  test('belongs to the user in the URL, wherever it stands', async () => {
    await expectTokenIn(0, open(at('bob', `${PASSWORD}2`)));
    await expectTokenIn(0, open(at('bob'), `${PASSWORD}2`));
    await expectTokenIn(0, open(at('default'), PASSWORD));
    await expectRefused(open(at('bob'), PASSWORD));
    await expectRefused(open(at('nobody', PASSWORD)));
  });

  test('that is wrong or missing is 6000 with advice, and in no error', async () => {
    await expectRefused(open(server.url, 'wrong-one'));
    await expectRefused(open(server.url));
  });

  test('that the server does not want does no harm', async () => {
    const other = await startRedis();
    const app = open(other.url.replace('//', '//:needless@'));
    expect(await isValid(app, await login(app, wechat, 'o1'))).toBe(true);
  });
});

describe('the database number', () => {
  test('in the URL says where the tokens lie', async () => {
    await expectTokenIn(15, open(`${server.url}/15`, PASSWORD));
    await server.redis.flushall();
    await expectTokenIn(1, open({ url: `${at('bob', `${PASSWORD}2`)}/1` }));
  });

  test('that the server does not have is 6000 and says so', async () => {
    const error = await rejection(login(open(`${server.url}/99`, PASSWORD), wechat, 'o1'));
    expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(/^Error: .*DB index/) });
  });
});

describe('a unix socket', () => {
  test('is a place like another', () => expectTokenIn(0, open(`unix://${socket}`, PASSWORD)));

  test('takes user, password and database as parameters', async () => {
    const pass = encodeURIComponent(`${PASSWORD}2`);
    await expectTokenIn(1, open(`unix://${socket}?db=1&user=bob&pass=${pass}`));
  });

  test('that is not there is 6000', async () => {
    const error = await rejection(login(open('unix:///nowhere/redis.sock'), wechat, 'o1'));
    expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(/^Error: redis cannot be reached/) });
  });
});
