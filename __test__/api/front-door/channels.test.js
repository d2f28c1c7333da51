'use strict';

const diagnostics = require('node:diagnostics_channel');
const fs = require('node:fs');
const path = require('node:path');
const { Calls } = require('../../../lib/calls.js');
const { defer, rejection, SECRET, startFakeWeChat, startRedis, tempDir, until } = require('../../support');
const { heardOn } = require('../../support/channels');
const { hangingWeChat } = require('../../support/hanging-wechat');
const { open } = require('./support');

afterEach(() => jest.restoreAllMocks());

test('of requests to WeChat it is told which interface, what came of it, and how long it took', async () => {
  const requests = heardOn('mpauthx:wechat');
  const wechat = await startFakeWeChat();
  const auth = open({ on: wechat });
  const { code } = wechat.user({ openId: 'o1' });
  await auth.login(code);
  await rejection(auth.login('no-such-code'));
  await auth.wechat.getPhoneNumber(wechat.phone({ openId: 'o1' }));
  const alone = open({ sku: 'alone', wechat: { endpoint: await hangingWeChat(), timeout: 200 } });
  await rejection(alone.login('code'));
  const duration = expect.any(Number);
  const exchange = { sku: 'shop', path: '/sns/jscode2session', duration };
  expect(requests).toEqual([
    { ...exchange, outcome: 'answered' },
    { ...exchange, outcome: 'refused', errcode: 40029 },
    { sku: 'shop', path: '/cgi-bin/stable_token', outcome: 'answered', duration },
    { sku: 'shop', path: '/wxa/business/getuserphonenumber', outcome: 'answered', duration },
    { ...exchange, sku: 'alone', outcome: 'failed' },
  ]);
  for (const { duration: time } of requests) expect(time).toBeGreaterThan(0);
  for (const secret of [SECRET, code, 'o1']) expect(JSON.stringify(requests)).not.toContain(secret);
});

test('that redis is away, and that it is back, is told once each', async () => {
  const changes = heardOn('mpauthx:store');
  const server = await startRedis();
  const auth = open({ tokens: { url: server.url, deadline: 1000 } });
  const { token } = await auth.sessions.issue('o1');
  await auth.verify(token);
  expect(changes).toEqual([]);
  await server.stop();
  for (let i = 0; i < 2; i += 1) expect(await rejection(auth.verify(token))).toMatchObject({ code: 6000 });
  const away = { sku: 'shop', kind: 'redis', state: 'away' };
  expect(changes).toEqual([away]);
  await startRedis({ port: server.port });
  await until(() => auth.sessions.issue('o1').catch(() => null));
  expect(changes).toEqual([away, { ...away, state: 'back' }]);
});

test('that a redis was never there is told too, and a refusal of one call is not', async () => {
  const changes = heardOn('mpauthx:store');
  const auth = open({ tokens: { url: 'redis://127.0.0.1:1', deadline: 1000 } });
  await rejection(auth.sessions.issue('o1'));
  expect(changes).toMatchObject([{ state: 'away' }]);

  const { url, redis } = await startRedis();
  const other = open({ sku: 'other', tokens: url });
  const { token } = await other.sessions.issue('o1');
  await redis.set(`mpauthx:{u:o2|other}:t`, 'of another type');
  expect(await rejection(other.sessions.list('o2'))).toMatchObject({ code: 6000 });
  await other.verify(token);
  expect(changes).toHaveLength(1);
});

test('the addon tells nothing where nobody has subscribed, and begins and ends with them', async () => {
  const received = jest.spyOn(Calls.prototype, 'receive');
  const events = () => received.mock.calls.flat(2).filter(({ event }) => event?.login || event?.end).length;
  const auth = open();
  await auth.sessions.issue('o1');
  await auth.sessions.revokeUser('o1');
  expect(events()).toBe(0);

  const ends = [];
  const listener = (message) => ends.push(message);
  const channel = diagnostics.channel('mpauthx:session:end');
  defer(() => channel.unsubscribe(listener));
  channel.subscribe(listener);
  await auth.sessions.issue('o1'); // a login, of which nobody wants to know
  await auth.sessions.revokeUser('o1');
  expect(ends).toHaveLength(1);
  expect(events()).toBe(1);

  channel.unsubscribe(listener);
  await auth.sessions.issue('o1');
  await auth.sessions.revokeUser('o1');
  expect(ends).toHaveLength(1);
  expect(events()).toBe(1);
});

test('the id of a session is told where this object has never asked for one', async () => {
  const ends = heardOn('mpauthx:session:end');
  const { url } = await startRedis();
  const [one, other] = [open({ tokens: url }), open({ tokens: url })];
  const { token, id } = await one.sessions.issue('o1');
  await one.sessions.rotate(token, { grace: 0 });
  expect(await other.sessions.inspect(token)).toBeNull();
  await until(() => ends.length > 0);
  expect(ends).toEqual([{ sku: 'shop', userId: 'o1', sessionId: id, reason: 'reused' }]);
});

test('that a file cannot be opened, and that it can, is told once each', async () => {
  const changes = heardOn('mpauthx:store');
  const folder = path.join(tempDir(), 'missing');
  const auth = open({ tokens: { file: path.join(folder, 'tokens.db') } });
  for (let i = 0; i < 2; i += 1) expect(await rejection(auth.sessions.issue('o1'))).toMatchObject({ code: 6000 });
  const away = { sku: 'shop', kind: 'file', state: 'away' };
  expect(changes).toEqual([away]);
  fs.mkdirSync(folder);
  for (let i = 0; i < 2; i += 1) await auth.sessions.issue('o1');
  expect(changes).toEqual([away, { ...away, state: 'back' }]);
});
