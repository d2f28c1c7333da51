'use strict';

const { createApp, everybody, login, rejection, startFakeWeChat, startRedis, until } = require('../../support');
const { startFakeSentinel } = require('./fake-sentinel');

let wechat;
let gone;
beforeAll(async () => {
  wechat = await startFakeWeChat();
  gone = await startRedis();
  await gone.stop();
});

const open = (tokens) => createApp({ wechat, db: everybody(), tokens });

/** What a login and health say of a redis that cannot be reached. */
async function expectSaid(tokens, pattern) {
  const app = open({ deadline: 2000, ...tokens });
  const message = expect.stringMatching(pattern);
  expect(await rejection(login(app, wechat, 'o1'))).toMatchObject({ code: 6000, message });
  expect((await app.health()).tokens).toMatchObject({ ready: false, error: message });
}

const at = (port) => new RegExp(`^Error: redis cannot be reached: 127\\.0\\.0\\.1:${port}: .*refused`);

describe('an address that cannot be reached is named:', () => {
  test('one server', () => expectSaid({ url: gone.url }, at(gone.port)));

  test('a socket', () =>
    expectSaid({ url: 'unix:///nowhere/redis.sock' }, /^Error: redis cannot be reached: \/nowhere\/redis\.sock: /));

  test('a host without an address', () =>
    expectSaid(
      { url: 'redis://nowhere.invalid', connectTimeout: 500 },
      /^Error: redis cannot be reached: nowhere\.invalid:6379: /,
    ));

  test('a Sentinel', () => expectSaid({ sentinels: [gone.url], master: 'm' }, at(gone.port)));

  test('the master that Sentinels name', async () => {
    const sentinel = await startFakeSentinel({ master: () => ({ host: '127.0.0.1', port: gone.port }) });
    await expectSaid({ sentinels: [gone.url, sentinel.url], master: 'm' }, at(gone.port));
  });

  test('all of a Cluster', () => expectSaid({ cluster: [gone.url] }, at(gone.port)));

  test('what the nodes of a Cluster say of themselves', async () => {
    const node = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-announce-port', String(gone.port)] });
    await node.redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await until(async () => /cluster_state:ok/.test(await node.redis.call('CLUSTER', 'INFO')));
    const words = `127\\.0\\.0\\.1:${gone.port}: .*refused`;
    await expectSaid({ cluster: [node.url] }, new RegExp(`^Error: redis .*${words}`));
  });
});

test('Sentinels that know no master of that name are told from those that are away', async () => {
  const sentinel = await startFakeSentinel({ master: () => null });
  await expectSaid({ sentinels: [gone.url, sentinel.url], master: 'm' }, /^Error: the Sentinels know no master/);
});

test('what redis says to a Cluster that begins is told', async () => {
  const node = await startRedis({ password: 'right', args: ['--cluster-enabled', 'yes'] });
  await expectSaid({ cluster: [node.url.replace('//', '//:wrong@')] }, /^Error: redis refused the password/);
  await expectSaid({ cluster: [node.url] }, /^Error: NOAUTH .*redisPass/);
});
