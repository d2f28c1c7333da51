'use strict';

// What cannot work in a test is a TypeError that says what can.

const { rejection } = require('../../support');
const { createTestAuth, open } = require('./support');

const NAMES = [undefined, null, '', 'a b', 'a|b', '艾丽丝', 7, {}, [], Symbol('alice'), 'x'.repeat(129)];

/** What a call throws, or what its promise rejects with. */
async function thrown(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('it throws nothing');
}

let t;
beforeEach(async () => {
  t = await open({ wechat: { push: { token: 'token', plain: true } } });
});

test.each([
  ['code', (name) => t.code(name)],
  ['phoneCode', (name) => t.phoneCode(name)],
  ['loginAs', (name) => t.loginAs(name)],
  ['wechat.setPhone', (name) => t.wechat.setPhone(name, '13800000000')],
  ['wechat.setUnionId', (name) => t.wechat.setUnionId(name, 'union')],
  ['wechat.encrypt', (name) => t.wechat.encrypt(name)],
  ['wechat.replaceSessionKey', (name) => t.wechat.replaceSessionKey(name)],
])('%s takes names of users alone', async (call, ask) => {
  for (const name of NAMES) {
    const error = await thrown(() => ask(name));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(
      `${call} takes the name of a user, such as 'alice': 1 to 128 visible ASCII characters without a vertical bar`,
    );
  }
});

const SOME = [undefined, null, '', 'x', NaN, -1, Infinity, {}, [], true, Symbol('odd'), 1n, () => {}];
const others = (...fine) => [SOME.filter((value) => !fine.includes(value))];

test.each([
  ['clock.advance', (odd) => t.clock.advance(odd), /clock\.advance takes/, others()],
  [
    'clock.advance',
    (text) => t.clock.advance(text),
    /clock\.advance takes/,
    [['3', '3 days', '-3d', 'd', '1d2h', '3y']],
  ],
  ['clock.advance', (much) => t.clock.advance(much), /a hundred years/, [[1e12, '1000000d', Number.MAX_VALUE]]],
  ['wechat.refuse', (odd) => t.wechat.refuse(odd), /errcode as a whole number/, others(-1)],
  ['wechat.refuse', (odd) => t.wechat.refuse(40029, odd), /takes \{ path \}/, [[7, '/x', [], { paths: '/x' }]]],
  [
    'wechat.refuse',
    (odd) => t.wechat.refuse(40029, { path: odd }),
    /takes \{ path \}/,
    [['x', 7, ['/x'], '/x?y', Symbol('/x')]],
  ],
  ['wechat.setPhone', (odd) => t.wechat.setPhone('alice', odd), /text of digits/, [...others(), ['+86138', 138]]],
  [
    'wechat.setPhone',
    (odd) => t.wechat.setPhone('alice', '1', odd),
    /countryCode/,
    [[7, [], { code: '86' }, { countryCode: 86 }]],
  ],
  ['wechat.setUnionId', (odd) => t.wechat.setUnionId('alice', odd), /takes a unionid/, others('x')],
  ['wechat.encrypt', (odd) => t.wechat.encrypt('alice', odd), /takes the data/, [[null, 7, [], true]]],
  [
    'wechat.push',
    (odd) => t.wechat.push(odd),
    /takes a message/,
    others().map((list) => list.filter((value) => String(value) !== '[object Object]')),
  ],
  [
    'wechat.push',
    (odd) => t.wechat.push({ MsgType: 'text' }, odd),
    /takes \{ timestamp \}/,
    [[7, 'x', [], { time: 1 }, ...[-1, 1.5, NaN, '1', new Date(), Date.now(), 1n].map((timestamp) => ({ timestamp }))]],
  ],
])('%s (%#) refuses what it cannot use', async (_name, call, said, lists) => {
  for (const odd of lists.flat()) {
    const error = await thrown(() => call(odd));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(said);
  }
});

test('what was refused has changed nothing', async () => {
  const before = t.clock.now();
  await thrown(() => t.clock.advance(-1));
  await thrown(() => t.wechat.refuse(0));
  await thrown(() => t.wechat.setPhone('alice', 'x'));
  expect(t.clock.now() - before).toBeLessThan(60000);
  await t.loginAs('alice');
  expect(await t.auth.wechat.getPhoneNumber(t.phoneCode('alice'))).toMatchObject({ phoneNumber: '13800138000' });
});

test('push wants its option', async () => {
  const other = await open();
  expect(() => other.wechat.push({ MsgType: 'text' })).toThrow(
    new TypeError('wechat.push needs the option wechat.push of createTestAuth'),
  );
});

test.each([
  ['no object', null, 'createTestAuth takes one object'],
  ['a sku alone', 'shop', 'createTestAuth takes one object'],
  ['a redis', { tokens: 'redis://127.0.0.1' }, 'createTestAuth keeps tokens in memory'],
  ['a file', { tokens: { file: 'tokens.db' } }, 'createTestAuth keeps tokens in memory'],
  ['an endpoint', { wechat: { endpoint: 'http://127.0.0.1:1' } }, 'leave wechat.endpoint out'],
  ['what createAuth does not know', { skus: 'shop' }, 'skus is not an option of createAuth'],
  ['what no application has', { controlled: true }, 'controlled is not an option of createAuth'],
  ['nothing under a name', { sku: undefined }, 'sku is undefined'],
  ['a wrong wechat', { wechat: 'x' }, 'wechat must be an object'],
  ['a wrong proxy', { wechat: { proxy: 'ftp://x' } }, 'wechat.proxy'],
])('createTestAuth refuses %s', async (_name, options, said) => {
  const error = await rejection(createTestAuth(options));
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(said);
});
