'use strict';

// Our guards, in every framework: who comes in, and what everybody else is answered.

const { describeEach } = require('./frameworks');
const { INVALID, setting, startServer } = require('./support');

const here = setting();

describeEach((name, { form, file }) => {
  let server;
  beforeAll(async () => {
    server = await startServer(name, here);
  });
  afterAll(() => expect(server.hasEnded()).toBe(false));

  const expectRefusal = ({ status, headers, json }) => {
    expect(status).toBe(401);
    expect(headers).toMatchObject({ 'www-authenticate': 'Bearer', 'cache-control': 'no-store' });
    expect(headers['content-type']).toMatch(/^application\/json/);
    if (form === 'flat') {
      expect(json).toMatchObject({ statusCode: 401, error: 'Unauthorized', message: expect.stringMatching(/log in/) });
      expect(Number(json.code)).toBe(6007);
    } else {
      expect(json).toEqual({ error: { code: 6007, message: 'The token is not valid: log in again' } });
    }
  };

  test('a live token comes in, and the handler knows whose it is', async () => {
    const { token } = await here.auth.sessions.issue('o-1');
    for (const scheme of ['Bearer ', 'bearer ', 'BEARER   ']) {
      const { status, json } = await server.ask('GET', '/guarded', { headers: { Authorization: `${scheme}${token}` } });
      expect({ status, json }).toEqual({ status: 200, json: { userId: 'o-1', seen: 'o-1' } });
    }
  });

  test.each(INVALID)('%s gets 401', async (what) => {
    expectRefusal(await server.ask('GET', '/guarded', { token: here.tokens[what] }));
  });

  test('other credentials get 401', async () => {
    const { token } = await here.auth.sessions.issue('o-1');
    for (const Authorization of [`Basic ${token}`, 'Basic bzpw', 'Bearer', 'Bearer ', '|', 'Bearer\t']) {
      expectRefusal(await server.ask('GET', '/guarded', { headers: { Authorization } }));
    }
  });

  test('an optional guard lets in nobody, but no dead token', async () => {
    const { token } = await here.auth.sessions.issue('o-2');
    const optional = (given) => server.ask('GET', '/optional', given);
    expect((await optional({ token })).json).toEqual({ userId: 'o-2', seen: 'o-2' });
    expect((await optional({})).json).toEqual({ userId: null, seen: null });
    expect((await optional({ token: '' })).json).toEqual({ userId: null, seen: null });
    expectRefusal(await optional({ token: 'garbage' }));
    expectRefusal(await optional({ token: here.tokens['one that was revoked'] }));
  });

  test('the session has the name that was asked for', async () => {
    const { token } = await here.auth.sessions.issue('o-3');
    expect((await server.ask('GET', '/named', { token })).json).toEqual({ userId: 'o-3', seen: 'o-3' });
    expectRefusal(await server.ask('GET', '/named'));
  });

  test('a token is taken from where the application has it', async () => {
    const { token } = await here.auth.sessions.issue('o-4');
    const { json } = await server.ask('GET', '/header', { headers: { 'X-Token': token } });
    expect(json).toEqual({ userId: 'o-4', seen: 'o-4' });
    expectRefusal(await server.ask('GET', '/header', { token }));
    expectRefusal(await server.ask('GET', '/header', { headers: { 'X-Token': 'garbage' } }));
  });

  test('getAuth throws where no guard ran', async () => {
    const { token } = await here.auth.sessions.issue('o-5');
    expect((await server.ask('GET', '/unguarded', { token })).status).toBe(500);
  });

  if (form !== 'flat') {
    test('onError answers in its place', async () => {
      const { status, json } = await server.ask('GET', '/on-error', { token: 'garbage' });
      expect({ status, json }).toEqual({ status: 418, json: { code: 6007 } });
    });
  }

  if (file === 'nest') {
    test('what is public needs nobody', async () => {
      expect(await server.ask('GET', '/public')).toMatchObject({ status: 200, json: { nobody: true } });
    });
  }

  test('a body that is sent along does not matter', async () => {
    const { token } = await here.auth.sessions.issue('o-6');
    const json = { text: 'x'.repeat(100) };
    expect((await server.ask('GET', '/guarded', { token, json })).status).toBe(200);
    expectRefusal(await server.ask('GET', '/guarded', { json }));
  });
});
