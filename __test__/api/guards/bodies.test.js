'use strict';

// Bodies of requests to our routes, in every framework: what is wrong with them is told apart, and
// none hangs.

const { describeEach } = require('./frameworks');
const { setting, startServer } = require('./support');

const here = setting();

const JSON_TYPE = { 'Content-Type': 'application/json' };
const CHUNKED = { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' };
const typed = (type) => (type === undefined ? {} : { 'Content-Type': type });

describeEach((name, { form, file, parses, drains = true }) => {
  let server;
  beforeAll(async () => {
    server = await startServer(name, here);
  });
  afterAll(() => expect(server.hasEnded()).toBe(false));

  const code = () => here.wechat.user({ openId: 'o-1' }).code;
  const post = (target, given) => server.ask('POST', `/auth${target}`, given);
  const expectError = ({ status, headers, json }, wanted) => {
    expect(status).toBe(wanted);
    if (file !== 'nest') expect(headers['cache-control']).toBe('no-store'); // its parsers answer before us
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(form === 'flat' ? json.message : json.error.message).toEqual(expect.any(String));
  };

  test.each(['{', 'code=x', '"x', '[]', '[1]', '"text"', '7', 'null', '\0'])('%j is 400', async (body) => {
    expectError(await post('/login', { headers: JSON_TYPE, body }), 400);
  });

  test('what is nested deeply is 400', async () => {
    expectError(await post('/login', { headers: JSON_TYPE, body: '['.repeat(8000) }), 400);
    expectError(await post('/login', { headers: JSON_TYPE, body: '['.repeat(8000) + ']'.repeat(8000) }), 400);
  });

  test('types of JSON are taken', async () => {
    const types = ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8'];
    for (const type of types) {
      const body = JSON.stringify({ code: code() });
      expect((await post('/login', { headers: typed(type), body })).status).toBe(200);
    }
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'text/json', 'application/jsonp', undefined])(
    '%s is 415',
    async (type) => {
      const body = JSON.stringify({ code: code() });
      expectError(await post('/login', { headers: typed(type), body }), 415);
    },
  );

  test('what is compressed is 415', async () => {
    const body = require('node:zlib').gzipSync(JSON.stringify({ code: code() }));
    const { status } = await post('/login', { headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, body });
    // Parsers of frameworks may unpack it, or take it for wrong JSON.
    expect(file === 'nest' ? [200, 400] : [415]).toContain(status);
  });

  test('16 KiB are taken, and a byte more is 413', async () => {
    const of = (length) => {
      const json = { code: code(), more: '' };
      return JSON.stringify({ ...json, more: 'x'.repeat(length - JSON.stringify(json).length) });
    };
    expect((await post('/login', { headers: JSON_TYPE, body: of(16384) })).status).toBe(200);
    expectError(await post('/login', { headers: JSON_TYPE, body: of(16385) }), 413);
    expectError(await post('/login', { headers: JSON_TYPE, body: of(300000) }), 413);
    const chunked = await post('/login', { headers: CHUNKED, body: of(2000000) });
    expectError(chunked, 413);
  });

  // Express' own parser, which Nest puts in front of us, waits for the end.
  if (name !== 'Nest on Express') {
    test('a body without an end is 413', async () => {
      expect(await server.withoutEnd('/auth/login')).toBe(413);
    });
  }

  test('an empty body is 400 where one is needed', async () => {
    expectError(await post('/login', { headers: { ...JSON_TYPE, 'Content-Length': '0' } }), 400);
    expectError(await post('/login', {}), 400);
    if (name !== 'Nest on Fastify') expectError(await post('/login', { headers: CHUNKED, body: '' }), 400);
  });

  test('an empty body is right where none is needed, whatever it says it is', async () => {
    const withSession = async (method, target, headers, body) => {
      const { token } = await here.auth.sessions.issue('o-2');
      return (await server.ask(method, `/auth${target}`, { token, headers, body })).status;
    };
    for (const headers of [{}, JSON_TYPE, { ...JSON_TYPE, 'Content-Length': '0' }, typed('text/plain')]) {
      expect(await withSession('POST', '/renew', headers)).toBe(200);
      expect(await withSession('POST', '/logout', headers)).toBe(204);
      expect(await withSession('GET', '/sessions', headers)).toBe(200);
      expect(await withSession('DELETE', `/sessions/${'0'.repeat(32)}`, headers)).toBe(404);
      expect(await withSession('DELETE', '/sessions', headers)).toBe(204);
    }
    expect(await withSession('POST', '/renew', JSON_TYPE, '{}')).toBe(200);
    expect(await withSession('DELETE', '/sessions', JSON_TYPE, '{}')).toBe(204);
  });

  if (parses) {
    test('a body that was parsed before is taken', async () => {
      const parse = { 'X-Parse': '1' };
      expect((await post('/login', { headers: parse, json: { code: code() } })).status).toBe(200);
      expect((await post('/login', { headers: parse, json: {} })).status).toBe(400);
      expectError(await post('/login', { headers: { ...parse, ...typed('text/plain') }, body: 'x' }), 415);
      const wrong = await post('/login', { headers: { ...parse, ...JSON_TYPE }, body: '{' });
      expect(wrong.status).toBe(400);
      const other = { ...parse, ...typed('application/x-www-form-urlencoded') };
      expectError(await post('/login', { headers: other, body: `code=${code()}` }), 415);
    });
  }

  if (drains) {
    test('a body that somebody else has read is 400, and no matter where none is needed', async () => {
      const drain = { 'X-Drain': '1' };
      expectError(await post('/login', { headers: drain, json: { code: code() } }), 400);
      expectError(
        await post('/login', { headers: { ...drain, ...CHUNKED }, body: JSON.stringify({ code: code() }) }),
        400,
      );
      const { token } = await here.auth.sessions.issue('o-3');
      expect((await post('/renew', { token, headers: drain, json: {} })).status).toBe(200);
    });
  }

  test('a body in pieces is read, and one that breaks off ends nothing', async () => {
    const { status } = await server.inPieces('/auth/login', JSON.stringify({ code: code() }));
    expect(status).toBe(200);
    await server.breakOff('/auth/login');
    expect((await post('/login', { json: { code: code() } })).status).toBe(200);
  });
});
