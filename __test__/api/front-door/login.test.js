'use strict';

const path = require('node:path');
const { lastLine, mpauthx, refused, rejection, runNode } = require('../../support');
const { DEAD, WRONG, failing, onEveryStore } = require('./support');

const ISSUED = {
  token: expect.stringMatching(/^o1\|shop\|[0-9a-f]{64}$/),
  id: expect.stringMatching(/^[0-9a-f]{32}$/),
  userId: 'o1',
  expiresAt: expect.any(Number),
};

onEveryStore((here, isShared) => {
  describe('login', () => {
    test('resolves with the token and whose it is', async () => {
      const auth = here.open();
      expect(await auth.login(here.code())).toStrictEqual({ ...ISSUED, openId: 'o1' });
      const bound = await auth.login(here.code('o1', { unionId: 'u1' }));
      expect(bound).toStrictEqual({ ...ISSUED, openId: 'o1', unionId: 'u1' });
    });

    test('gives each login a session of its own, ten at most, the oldest of which ends', async () => {
      const auth = here.open();
      const logins = [];
      for (let i = 0; i < 11; i += 1) logins.push(await auth.login(here.code(), { device: `device ${i}` }));
      expect(new Set(logins.map(({ id }) => id)).size).toBe(11);
      expect(await rejection(auth.verify(logins[0].token))).toMatchObject(DEAD);
      const list = await auth.sessions.list('o1');
      expect(list.map(({ id }) => id)).toEqual(logins.slice(1).map(({ id }) => id));
      expect(list.map(({ device }) => device)).toEqual(logins.slice(1).map((_, i) => `device ${i + 1}`));
    });

    test('gives one session in shared mode', async () => {
      const auth = here.open({ sessions: { mode: 'shared' } });
      const first = await auth.login(here.code());
      expect(await auth.login(here.code())).toMatchObject({ id: first.id, token: first.token });
    });

    test('keeps both defaults of sessions beside an idle time', async () => {
      const auth = here.open({ sessions: { idle: 60 } });
      for (let i = 0; i < 11; i += 1) await auth.login(here.code());
      expect(await auth.sessions.list('o1')).toHaveLength(10);
    });

    test('puts the new session in the place of `replace`', async () => {
      const auth = here.open({ sessions: { max: 2 } });
      const [phone, pad] = [await auth.login(here.code()), await auth.login(here.code())];
      const next = await auth.login(here.code(), { replace: pad.token });
      expect((await auth.sessions.list('o1')).map(({ id }) => id).sort()).toEqual([phone.id, next.id].sort());
      expect(await rejection(auth.verify(pad.token))).toMatchObject(DEAD);
    });

    test.each(['', 'garbage', null, `o1|shop|${'0a'.repeat(32)}`])('minds no `replace` that is %j', async (replace) => {
      const auth = here.open();
      const other = await auth.login(here.code());
      expect(await auth.login(here.code(), { replace })).toMatchObject({ userId: 'o1' });
      expect(await auth.verify(other.token)).toMatchObject({ id: other.id });
    });

    test('does not end the session of another user for `replace`', async () => {
      const auth = here.open();
      const other = await auth.login(here.code('o2'));
      await auth.login(here.code(), { replace: other.token });
      expect(await auth.verify(other.token)).toMatchObject({ userId: 'o2' });
    });

    test.each([
      ['an option that it does not have', { devise: 'phone' }, /devise/],
      ['an object for a device', { device: {} }, /device/],
      ['an object for a token', { replace: {} }, /replace/],
      ['text for options', 'phone', /options/],
    ])('refuses %s, and asks nobody', async (_what, options, word) => {
      const before = here.wechat.requests.length;
      const error = await rejection(here.open().login(here.code(), options));
      expect(error).toMatchObject(WRONG);
      expect(error.message).toMatch(word);
      expect(here.wechat.requests).toHaveLength(before);
    });

    test.each([[{}], [['code']], [() => 'code'], [Symbol('code')], [true]])('refuses %p for a code', async (code) => {
      expect(await rejection(here.open().login(code))).toMatchObject(WRONG);
    });

    test('is 6008 with the status 500 without an app', async () => {
      const error = await rejection(here.open({ appId: null, secret: null }).login(here.code()));
      expect(error).toMatchObject({ ...failing(6008, 500), retryable: false });
      expect(error.message).not.toMatch(/appId|secret/);
      expect(error.cause.message).toMatch(/appId/);
    });
  });

  describe('sessions.issue and rotate', () => {
    test('resolve in the same shape, with the id of the session', async () => {
      const auth = here.open();
      const issued = await auth.sessions.issue('o1', { openId: 'wx-o1', device: 'phone' });
      expect(issued).toStrictEqual({ ...ISSUED, openId: 'wx-o1' });
      const rotated = await auth.sessions.rotate(issued.token);
      expect(rotated).toStrictEqual({ ...ISSUED, openId: 'wx-o1', id: issued.id });
      expect(await auth.verify(rotated.token)).toMatchObject({ id: issued.id, openId: 'wx-o1', device: 'phone' });
    });

    test.each(['', ' ', 'a b', 'a|b', '用户', 'x'.repeat(129), 'a\n'])('refuse the user %j', async (user) => {
      const { sessions } = here.open();
      for (const call of [
        sessions.issue(user),
        sessions.list(user),
        sessions.revokeUser(user),
        sessions.revokeById(user, 'x'),
      ]) {
        expect(await refused(call)).toEqual({ code: 6001, message: expect.stringMatching(/^The userId .*1 to 128/) });
      }
    });

    test('take the longest user', async () => {
      const user = '~'.repeat(128);
      expect((await here.open().sessions.issue(user)).userId).toBe(user);
    });

    test('rotate rejects with 401 for whatever is not live', async () => {
      const auth = here.open();
      const { token } = await auth.login(here.code());
      await auth.sessions.revoke(token);
      for (const dead of [token, 'garbage', '', token.replace('shop', 'other')]) {
        expect(await rejection(auth.sessions.rotate(dead))).toMatchObject(DEAD);
      }
      expect(await rejection(auth.sessions.rotate({}))).toMatchObject(WRONG);
    });
  });

  describe('the id of a session', () => {
    test('is each login’s own', async () => {
      const auth = here.open();
      const ids = [];
      for (const openId of ['o1', 'o1', 'o2']) ids.push((await auth.login(here.code(openId))).id);
      expect(new Set(ids).size).toBe(3);
    });

    if (!isShared) return;

    test('is the same in another process', async () => {
      const { id, token } = await here.open().login(here.code());
      const args = [JSON.stringify({ tokens: here.tokens, token })];
      const { code, stdout, stderr } = await runNode(path.join(__dirname, 'verify-elsewhere.js'), { args });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(lastLine(stdout)).toMatchObject({ id, userId: 'o1', openId: 'o1' });
    });

    test('is the same in another object and in the other door', async () => {
      const auth = here.open();
      const { id, token } = await auth.login(here.code());
      expect(await here.open().verify(token)).toMatchObject({ id });
      const layout = typeof here.tokens === 'string' ? { url: here.tokens, layout: 'tagged' } : here.tokens;
      const app = mpauthx('wx1', 'x', 'shop', null, null, null, { tokens: layout });
      expect(await app.sessions.inspect(token)).toMatchObject({ id, userId: 'o1' });
      await app.close();
    });
  });
});
