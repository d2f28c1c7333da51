'use strict';

const { rejection } = require('../../support');
const { DEAD, WRONG, onEveryStore } = require('./support');

onEveryStore((here) => {
  /** So many sessions of one user. */
  const several = async (auth, count, openId) => {
    const all = [];
    for (let i = 0; i < count; i += 1) all.push(await auth.login(here.code(openId)));
    return all;
  };
  const idsOf = async (auth, user = 'o1') => (await auth.sessions.list(user)).map(({ id }) => id);

  test('a list has no tokens, and says which session is the caller’s', async () => {
    const auth = here.open();
    const [one, two] = await several(auth, 2);
    const list = await auth.sessions.list('o1', { current: two.token });
    expect(list.map(({ id, current }) => [id, current])).toEqual([
      [one.id, undefined],
      [two.id, true],
    ]);
    expect(list[0]).not.toHaveProperty('current');
    const text = JSON.stringify(list);
    for (const { token } of [one, two]) {
      expect(text).not.toContain(token.slice(-64, -32));
      expect(text).not.toContain(token.slice(-32));
    }
  });

  test.each(['', 'garbage', null, undefined, `o1|shop|${'0a'.repeat(32)}`])(
    '%j is nobody’s session in a list',
    async (current) => {
      const auth = here.open();
      await several(auth, 2);
      expect((await auth.sessions.list('o1', { current })).filter((one) => 'current' in one)).toEqual([]);
    },
  );

  test('revokeById ends the session of that id once, and nobody else’s', async () => {
    const auth = here.open();
    const [one, two] = await several(auth, 2);
    const [other] = await several(auth, 1, 'o2');
    expect(await auth.sessions.revokeById('o1', other.id)).toBe(false);
    expect(await auth.sessions.revokeById('o2', one.id)).toBe(false);
    expect(await auth.sessions.revokeById('o1', one.id)).toBe(true);
    expect(await auth.sessions.revokeById('o1', one.id)).toBe(false);
    expect(await rejection(auth.verify(one.token))).toMatchObject(DEAD);
    expect(await idsOf(auth)).toEqual([two.id]);
    expect(await auth.verify(other.token)).toMatchObject({ id: other.id });
  });

  test.each(['', 'x', '0'.repeat(32), 'A'.repeat(32), '../..', 5])('revokeById finds nothing under %j', async (id) => {
    const auth = here.open();
    await several(auth, 1);
    expect(await auth.sessions.revokeById('o1', id)).toBe(false);
    expect(await idsOf(auth)).toHaveLength(1);
  });

  test.each([[null], [undefined], [{}], [['x']]])('revokeById refuses %p for an id', async (id) => {
    const error = await rejection(here.open().sessions.revokeById('o1', id));
    expect(error).toMatchObject(WRONG);
    expect(error.message).toMatch(/\bid\b/);
  });

  test('revokeUser spares the session of `except`, after a rotation too', async () => {
    const auth = here.open();
    const [one, two, three] = await several(auth, 3);
    const { token } = await auth.sessions.rotate(two.token);
    expect(await auth.sessions.revokeUser('o1', { except: token })).toBe(2);
    expect(await idsOf(auth)).toEqual([two.id]);
    expect(await auth.verify(token)).toMatchObject({ id: two.id });
    for (const ended of [one, three]) expect(await rejection(auth.verify(ended.token))).toMatchObject(DEAD);
    expect(await auth.sessions.revokeUser('o1')).toBe(1);
  });

  test('revokeUser refuses to spare the session of another user, and ends nothing', async () => {
    const auth = here.open();
    const [mine] = await several(auth, 1);
    const [other] = await several(auth, 1, 'o2');
    expect(await rejection(auth.sessions.revokeUser('o1', { except: other.token }))).toMatchObject(WRONG);
    expect(await auth.verify(mine.token)).toMatchObject({ userId: 'o1' });
  });

  test.each([
    ['list', (sessions) => sessions.list('o1', { cursor: 1 }), /cursor/],
    ['list', (sessions) => sessions.list('o1', { current: {} }), /current/],
    ['list', (sessions) => sessions.list({}), /userId/],
    ['issue', (sessions) => sessions.issue(['o1']), /userId/],
    ['issue', (sessions) => sessions.issue('o1', { ttl: 5 }), /ttl/],
    ['issue', (sessions) => sessions.issue('o1', { openId: {} }), /openId/],
    ['revokeUser', (sessions) => sessions.revokeUser('o1', { allSKUs: true }), /allSKUs/],
    ['revokeUser', (sessions) => sessions.revokeUser('o1', { allSkus: 'yes' }), /allSkus/],
    ['revokeUser', (sessions) => sessions.revokeUser('o1', { except: {} }), /except/],
    ['inspect', (sessions) => sessions.inspect('x', { sku: 'x' }), /sku/],
    ['revoke', (sessions) => sessions.revoke('x', { all: true }), /all/],
    ['rotate', (sessions) => sessions.rotate('x', { graze: 5 }), /graze/],
  ])('%s refuses what it does not know', async (_name, call, word) => {
    const error = await rejection(call(here.open().sessions));
    expect(error).toMatchObject(WRONG);
    expect(error.message).toMatch(word);
  });

  test('inspect and revoke take anything for a token', async () => {
    const { sessions } = here.open();
    for (const any of [undefined, null, 5, {}, [], Symbol('x'), () => {}]) {
      expect(await sessions.inspect(any)).toBeNull();
      expect(await sessions.revoke(any)).toBe(false);
    }
  });
});
