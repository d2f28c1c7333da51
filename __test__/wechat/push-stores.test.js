'use strict';

// That a push is received once holds in every token store, and for all processes on it.

const { randomInt } = require('node:crypto');
const path = require('node:path');
const web = require('../../lib/adapters/web.js');
const { dbAll, dbRun, openSqlite, startRedis, tempDir, until } = require('../support');
const { tcpProxy } = require('../support/tcp-proxy');
const { EVENT, expectRefusal, pushes, receiver } = require('./pushed');

const wechat = pushes('safe', 'json');
let redis;
beforeAll(async () => {
  redis = await startRedis();
});

const STORES = {
  redis: () => redis.url,
  tagged: () => ({ url: redis.url, layout: 'tagged' }),
  file: () => ({ file: path.join(tempDir(), 'tokens.db') }),
};

describe.each(Object.entries(STORES))('tokens: %s', (_name, make) => {
  test('a push that one object received is refused by another, of another sku too', async () => {
    const tokens = make();
    const push = wechat.message(EVENT);
    await receiver('safe', { tokens }).wechat.receive(push);
    await expectRefusal(receiver('safe', { tokens, sku: 'other' }).wechat.receive(push), 6001, /before/);
  });

  test('two mini-programs do not take each other’s pushes for replays', async () => {
    const tokens = make();
    const given = { timestamp: Math.floor(Date.now() / 1000), nonce: randomInt(2 ** 31) };
    const plain = pushes('plain', 'json').message(EVENT, given);
    await receiver('plain', { tokens }).wechat.receive(plain);
    await receiver('plain', { tokens, appId: 'wx0000000000000000' }).wechat.receive(plain);
  });
});

test('what is noted in redis is named by the mini-program, and ends by itself', async () => {
  await redis.redis.flushall();
  const { query, body } = wechat.message(EVENT);
  const app = receiver('safe', { tokens: redis.url });
  await app.wechat.receive({ query, body });
  const keys = (await redis.redis.keys('mpauthx:push:*')).map(String);
  expect(keys).toEqual([`mpauthx:push:${wechat.appId}:${query.msg_signature}`]);
  const life = await redis.redis.ttl(keys[0]);
  expect(life).toBeGreaterThan(600); // a timestamp may be five minutes ahead
  expect(life).toBeLessThan(1000);
  await expectRefusal(app.wechat.receive({ query: { ...query, nonce: '1' }, body }), 6001);
  await expectRefusal(app.wechat.receive({ query, body: '{"Encrypt":"AAAA"}' }), 6001);
  expect(await redis.redis.keys('mpauthx:push:*')).toHaveLength(1);
});

test('what is noted in a file is cleared away by later pushes', async () => {
  const file = path.join(tempDir(), 'tokens.db');
  const app = receiver('safe', { tokens: { file } });
  for (let i = 0; i < 20; i += 1) await app.wechat.receive(wechat.message(EVENT));
  const db = await openSqlite(file);
  await dbRun(db, "UPDATE mpauthx_shared SET ends = 0 WHERE name LIKE 'push:%'");
  for (let i = 0; i < 10; i += 1) await app.wechat.receive(wechat.message(EVENT));
  const [{ count }] = await dbAll(db, "SELECT count(*) AS count FROM mpauthx_shared WHERE name LIKE 'push:%'");
  expect(count).toBe(10);
});

test('where the token store is away nothing is received, and a push that is sent again is', async () => {
  const away = await startRedis();
  const app = receiver('safe', { tokens: { url: away.url, deadline: 500 } });
  await app.wechat.receive(wechat.message(EVENT));
  const push = wechat.message(EVENT);
  await away.stop();
  const error = await expectRefusal(app.wechat.receive(push), 6000);
  expect(error.status).toBe(503);
  await startRedis({ port: away.port });
  expect((await app.wechat.receive(push)).message).toStrictEqual(EVENT);
});

test('a push whose note was made, but the reply about that lost, is received', async () => {
  let lost = 0;
  const { url } = await tcpProxy(redis.port, () => {
    let isNote = false;
    return {
      toServer(piece, server) {
        isNote = isNote || (lost === 0 && piece.includes('mpauthx:push:'));
        server.write(piece);
      },
      toClient(piece, client) {
        if (!isNote) return void client.write(piece);
        lost += 1;
        client.destroy();
      },
    };
  });
  const push = wechat.message(EVENT);
  const app = receiver('safe', { tokens: url });
  expect(await app.wechat.receive(push)).toMatchObject({ reply: 'success' });
  expect(lost).toBe(1);
  await expectRefusal(app.wechat.receive(push), 6001, /before/);
});

describe('what is not known of a push while redis is away', () => {
  const key = ({ query }) => `mpauthx:push:${wechat.appId}:${query.msg_signature}`;
  const isNoted = async (push) => (await redis.redis.exists(key(push))) === 1;

  /** An object whose redis can be away: `silent`, so that nothing comes back, or `deaf` besides. */
  async function distant() {
    const state = { silent: false, deaf: false, told: '' };
    const { url } = await tcpProxy(redis.port, () => ({
      toServer(piece, server) {
        if (!state.silent) state.told += piece.toString('latin1');
        if (!state.deaf) server.write(piece);
      },
      toClient: (piece, client) => void (state.silent || client.write(piece)),
    }));
    const app = receiver('safe', { tokens: { url, deadline: 500 } });
    await app.wechat.receive(wechat.message(EVENT));
    const away = (how) => Object.assign(state, { silent: true, ...how });
    const back = () => Object.assign(state, { silent: false, deaf: false, told: '' });
    return { app, state, away, back };
  }

  test('is no reason to refuse it when it is sent again', async () => {
    const { app, away, back } = await distant();
    const push = wechat.message(EVENT);
    away();
    await expectRefusal(app.wechat.receive(push), 6000);
    expect(await isNoted(push)).toBe(true);
    back();
    await until(async () => !(await isNoted(push)));
    expect((await receiver('safe', { tokens: redis.url }).wechat.receive(push)).message).toStrictEqual(EVENT);
  });

  test('does not end what another process has noted of it', async () => {
    const { app, state, away, back } = await distant();
    const push = wechat.message(EVENT);
    away({ deaf: true });
    await expectRefusal(app.wechat.receive(push), 6000);
    const other = receiver('safe', { tokens: redis.url });
    await other.wechat.receive(push);
    back();
    await until(() => state.told.includes(key(push))); // it would take back its own
    await app.health(); // on the same connection, and so after that
    await expectRefusal(other.wechat.receive(push), 6001, /before/);
  });

  test('is made up for where a handler has failed', async () => {
    const { app, away, back } = await distant();
    const push = wechat.message(EVENT);
    const handle = web.push(app, () => {
      away({ deaf: true });
      throw new Error('of the application');
    });
    const url = `http://h/push?${new URLSearchParams(push.query)}`;
    expect(await handle(new Request(url, { method: 'POST', body: push.body }))).toHaveProperty('status', 500);
    expect(await isNoted(push)).toBe(true);
    back();
    await until(async () => !(await isNoted(push)));
  });
});
