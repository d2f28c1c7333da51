'use strict';

// What the plugin does to a Fastify application, and what it leaves alone.

const mpauthx = require('../../../lib/adapters/fastify');
const { defer } = require('../../support');
const { FRAMEWORKS } = require('./frameworks');
const { ask, makeAuth, setting } = require('./support');

const here = setting();

const VERSIONS = Object.entries(FRAMEWORKS).filter(([name]) => name.startsWith('Fastify'));

/** Starts an application, and gives a function that sends it a POST. */
async function posting(app) {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (target, given) => ask(app.server.address().port, 'POST', target, given);
}

for (const [title, { package: name, lacks }] of VERSIONS) {
  (lacks ? describe.skip : describe)(lacks ? `${title}, which ${lacks}` : title, () => tests(name));
}

function tests(name) {
  const make = async (options) => {
    const auth = makeAuth(here, { tokens: 'memory' });
    const app = require(name)();
    defer(() => app.close());
    await app.register(mpauthx, { auth, ...options });
    const { token } = await auth.sessions.issue('o-1');
    return { app, token };
  };

  test('the decorators are for the whole application, the reading of bodies for the routes alone', async () => {
    const { app, token } = await make({ prefix: '/auth' });
    await app.register(async (scope) => {
      scope.post('/echo', { onRequest: scope.authenticate }, async (request) => ({
        by: request.auth.userId,
        body: request.body,
      }));
    });
    const post = await posting(app);
    expect((await post('/echo', { token, json: { a: 1 } })).json).toEqual({ by: 'o-1', body: { a: 1 } });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await post('/echo', { token, headers, body: 'a=1' })).status).toBe(415);
    expect((await post('/auth/renew', { token })).status).toBe(200);
    expect((await post('/renew', { token })).status).toBe(404);
  });

  test('without a prefix there are no routes', async () => {
    const { app, token } = await make();
    expect(app.authenticate).toBeInstanceOf(Function);
    const post = await posting(app);
    for (const target of ['/renew', '/auth/renew']) expect((await post(target, { token })).status).toBe(404);
  });

  test('who is not logged in is refused before his body is read', async () => {
    const { app } = await make();
    let isRead = false;
    app.addHook('preParsing', async () => {
      isRead = true;
    });
    app.post('/echo', { onRequest: app.authenticate }, async () => 'secret');
    const { status } = await (await posting(app))('/echo', { json: {} });
    expect({ status, isRead }).toEqual({ status: 401, isRead: false });
  });

  test("a hook of the application's own can wait for it", async () => {
    const { app, token } = await make();
    const hook = async (request, reply) => {
      if (request.url !== '/open') await app.authenticate(request, reply);
    };
    for (const target of ['/open', '/mine']) {
      app.post(target, { onRequest: hook }, async (request) => ({ by: Object(request.auth).userId }));
    }
    const post = await posting(app);
    expect((await post('/mine', { token })).json).toEqual({ by: 'o-1' });
    const { status, headers } = await post('/mine');
    expect({ status, headers }).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(await post('/open')).toMatchObject({ status: 200, json: {} });
  });

  test("the application's own handler gets the error, and its answer has the headers", async () => {
    const { app } = await make({ prefix: '/auth' });
    app.setErrorHandler((error, _request, reply) => reply.code(error.statusCode).send({ mine: error.code }));
    app.post('/me', { onRequest: app.authenticate }, async () => 'secret');
    const { status, json, headers } = await (await posting(app))('/me');
    expect({ status, json }).toEqual({ status: 401, json: { mine: 6007 } });
    expect(headers).toMatchObject({ 'www-authenticate': 'Bearer', 'cache-control': 'no-store' });
  });

  test("what the application throws is its log's, and not the client's", async () => {
    const lines = [];
    const auth = makeAuth(here);
    const app = require(name)({ logger: { level: 'error', stream: { write: (line) => lines.push(line) } } });
    defer(() => app.close());
    await app.register(mpauthx, { auth, prefix: '/auth', onLogin: () => Promise.reject(new Error('SELECT phone')) });
    const json = { code: here.wechat.user({ openId: 'o-1' }).code };
    const { status, text } = await (await posting(app))('/auth/login', { json });
    expect(status).toBe(500);
    expect(text).not.toMatch(/SELECT/);
    expect(lines.join('')).toMatch(/SELECT phone/);
  });

  test('what cannot work stops the start', async () => {
    const start = (options) => require(name)().register(mpauthx, options).ready();
    await expect(start({})).rejects.toThrow(/createAuth/);
    await expect(start({ auth: makeAuth(here), onLogon() {} })).rejects.toThrow(/onLogon/);
    await expect(start({ auth: makeAuth(here), onError() {} })).rejects.toThrow(/onError/);
  });
}
