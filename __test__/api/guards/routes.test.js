'use strict';

// Our routes, in every framework: what clients are answered, and what they are not told.

const { describeEach } = require('./frameworks');
const { INVALID, setting, startServer } = require('./support');

const here = setting();

describeEach((name, { form }) => {
  let server;
  beforeAll(async () => {
    server = await startServer(name, here);
  });
  afterAll(() => expect(server.hasEnded()).toBe(false));

  const code = (openId) => here.wechat.user({ openId }).code;
  const login = (openId, { json, ...given } = {}) =>
    server.ask('POST', '/auth/login', { json: { code: code(openId), ...json }, ...given });
  const logIn = async (openId, given) => (await login(openId, given)).json.token;
  const expectSafe = (answer, status) => {
    expect(answer).toMatchObject({ status, headers: { 'cache-control': 'no-store' } });
    expect(answer.text).not.toMatch(/SELECT|at .*\.js|session_key|\|shop\|/);
    if (status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
  };
  const errorOf = ({ json }) => (form === 'flat' ? { code: Number(json.code), message: json.message } : json.error);

  test('a login gives a token', async () => {
    const { status, headers, json } = await login('o-1');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(json).toEqual({ token: expect.any(String), userId: 'o-1', expiresAt: expect.any(Number) });
    expect(await here.auth.verify(json.token)).toMatchObject({ userId: 'o-1' });
  });

  test('the device is the one in the body, else the User-Agent', async () => {
    const device = async (given) => (await here.auth.verify(await logIn('o-2', given))).device;
    expect(await device({ headers: { 'User-Agent': 'wx/8.0' } })).toBe('wx/8.0');
    expect(await device({ headers: { 'User-Agent': 'wx/8.0' }, json: { device: '手机' } })).toBe('手机');
    expect(await device({ headers: { 'User-Agent': Buffer.from('手机').toString('latin1') } })).toBe('手机');
    expect(await device({ headers: { 'User-Agent': 'x'.repeat(400) } })).toHaveLength(256);
    expect(await device({})).toBeUndefined();
  });

  test('a login ends the session whose token comes along, where it is the same user', async () => {
    const [first, other] = [await logIn('o-3'), await logIn('o-4')];
    const second = await logIn('o-3', { token: first });
    expect(await here.auth.sessions.inspect(first)).toBeNull();
    await logIn('o-3', { token: other });
    await logIn('o-3', { token: 'garbage' });
    expect(await here.auth.sessions.inspect(second)).not.toBeNull();
    expect(await here.auth.sessions.inspect(other)).not.toBeNull();
  });

  test('a login without a code, or with a wrong one, is 400', async () => {
    for (const json of [{}, { code: '' }, { code: null }, { code: ['x'] }, { code: 'a b' }]) {
      const answer = await server.ask('POST', '/auth/login', { json });
      expectSafe(answer, 400);
      expect(errorOf(answer).code).toBe(6001);
    }
    const device = await login('o-1', { json: { device: { a: 1 } } });
    expectSafe(device, 400);
  });

  test('what onLogin gives stands in the answer, but no other token', async () => {
    const { status, json } = await login('o-fields');
    expect(status).toBe(200);
    expect(json).toMatchObject({ vip: true, userId: 'o-fields' });
    expect(await here.auth.verify(json.token)).toMatchObject({ userId: 'o-fields' });
    expect(Object.keys((await login('o-text')).json).sort()).toEqual(['expiresAt', 'token', 'userId']);
  });

  test.each([
    ['o-banned', 403, 'This account is closed'],
    ['o-bug', 500, expect.stringMatching(/^Internal/)],
    ['o-bigint', 500, expect.stringMatching(/^Internal/)],
  ])('where onLogin throws for %s, the error is told and the session ends', async (openId, status, message) => {
    const answer = await login(openId);
    expectSafe(answer, status);
    expect(errorOf(answer).message).toEqual(message);
    expect(await here.auth.sessions.list(openId)).toEqual([]);
  });

  test('renewal gives another token of the session', async () => {
    const token = await logIn('o-5');
    const { status, headers, json } = await server.ask('POST', '/auth/renew', { token });
    expect({ status, json }).toEqual({
      status: 200,
      json: { token: expect.any(String), userId: 'o-5', expiresAt: expect.any(Number) },
    });
    expect(headers['cache-control']).toBe('no-store');
    expect(json.token).not.toBe(token);
    expect((await here.auth.verify(json.token)).id).toBe((await here.auth.sessions.list('o-5')).pop().id);
  });

  test('logout ends the session, and is right without one', async () => {
    const token = await logIn('o-6');
    for (let i = 0; i < 2; i += 1) {
      const { status, headers, text } = await server.ask('POST', '/auth/logout', { token });
      expect({ status, text, store: headers['cache-control'] }).toEqual({ status: 204, text: '', store: 'no-store' });
      expect(await here.auth.sessions.inspect(token)).toBeNull();
    }
    for (const what of INVALID) {
      expect((await server.ask('POST', '/auth/logout', { token: here.tokens[what] })).status).toBe(204);
    }
  });

  test('the sessions are listed without tokens and openid', async () => {
    const openId = `o-list-${name.replace(/ /g, '-')}`;
    const [phone, tablet] = [await logIn(openId, { json: { device: 'phone' } }), await logIn(openId)];
    const { status, headers, text, json } = await server.ask('GET', '/auth/sessions', { token: tablet });
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(json.sessions).toHaveLength(2);
    expect(json.sessions[0]).toMatchObject({ id: expect.any(String), device: 'phone', userId: openId });
    expect(json.sessions[1]).toMatchObject({ current: true });
    expect(text).not.toMatch(/openId/);
    expect(text).not.toContain(phone.split('|')[2].slice(0, 32));
  });

  test('a session ends by its id, but not that of another user', async () => {
    const [mine, other, foreign] = [await logIn('o-7'), await logIn('o-7'), await logIn('o-8')];
    const { id } = await here.auth.verify(other);
    const { id: foreignId } = await here.auth.verify(foreign);
    const end = (which) => server.ask('DELETE', `/auth/sessions/${which}`, { token: mine });
    expect(await end(id)).toMatchObject({ status: 204, headers: { 'cache-control': 'no-store' } });
    const { id: third } = await here.auth.sessions.issue('o-7');
    expect((await end(`%${third.charCodeAt(0).toString(16)}${third.slice(1)}`)).status).toBe(204);
    for (const which of [id, foreignId, 'x', '%00', '%ff', '%E4%BD%A0', 'a%2Fb', '%7C']) {
      const answer = await end(which);
      // Most frameworks refuse a path themselves that is no UTF-8.
      if (which === '%ff') expect([400, 404]).toContain(answer.status);
      else expectSafe(answer, 404);
    }
    expect(await here.auth.sessions.inspect(other)).toBeNull();
    expect(await here.auth.sessions.inspect(foreign)).not.toBeNull();
  });

  test('the other sessions end at once', async () => {
    const [mine, other, foreign] = [await logIn('o-9'), await logIn('o-9'), await logIn('o-8')];
    expect(await server.ask('DELETE', '/auth/sessions', { token: mine })).toMatchObject({ status: 204, text: '' });
    expect(await here.auth.sessions.inspect(other)).toBeNull();
    for (const token of [mine, foreign]) expect(await here.auth.sessions.inspect(token)).not.toBeNull();
  });

  test.each([
    ['POST', '/auth/renew'],
    ['GET', '/auth/sessions'],
    ['DELETE', '/auth/sessions'],
    ['DELETE', `/auth/sessions/${'0'.repeat(32)}`],
  ])('%s %s is 401 for whoever is not logged in', async (method, target) => {
    for (const what of INVALID) {
      const answer = await server.ask(method, target, { token: here.tokens[what] });
      expectSafe(answer, 401);
      expect(errorOf(answer).code).toBe(6007);
    }
  });

  test('there is nothing else', async () => {
    const { token } = await here.auth.sessions.issue('o-1');
    for (const [method, target] of [
      ['GET', '/auth'],
      ['GET', '/auth/'],
      ['POST', '/auth/login/more'],
      ['POST', '/auth/toString'],
      ['POST', '/authlogin'],
      ['GET', '/auth/login'],
      ['PUT', '/auth/sessions'],
      ['PATCH', '/auth/sessions/x'],
    ]) {
      const { status } = await server.ask(method, target, { token, json: {} });
      expect({ target, isNone: status === 404 || status === 405 }).toMatchObject({ target, isNone: true });
    }
  });
});
