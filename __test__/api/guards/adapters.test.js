'use strict';

// What guards and routes are made with, what they throw, and what only one framework has.

const { MpauthxError } = require('../../..');
const express = require('../../../lib/adapters/express');
const koa = require('../../../lib/adapters/koa');
const fastify = require('../../../lib/adapters/fastify');
const hono = require('../../../lib/adapters/hono');
const web = require('../../../lib/adapters/web');
const { runNode, lastLine } = require('../../support');
const { makeAuth, setting } = require('./support');

const here = setting();
const memory = () => makeAuth(here, { tokens: 'memory' });

const OTHERS = { express, koa, fastify, hono };

describe.each(Object.entries(OTHERS))('the guard of %s', (_name, { guard }) => {
  test.each([
    [undefined, undefined, /createAuth/],
    [{ headers: {} }, undefined, /createAuth/],
    [() => {}, undefined, /createAuth/],
    ['auth', { optionel: true }, /optionel/],
    ['auth', { optional: 'yes' }, /optional.*boolean/],
    ['auth', { token: 'x' }, /token.*function/],
    ['auth', { property: 7 }, /property.*string/],
    ['auth', { prefix: '/auth' }, /prefix/],
  ])('of %p with %p is a TypeError', (auth, options, message) => {
    const make = () => guard(auth === 'auth' ? memory() : auth, options);
    expect(make).toThrow(message);
    expect(make).toThrow(TypeError);
  });

  test('an option that is undefined is none', () => {
    expect(guard(memory(), { token: undefined, optional: undefined })).toBeInstanceOf(Function);
  });
});

test('the routes of Koa and Hono want a prefix, and none takes what it does not know', () => {
  for (const { routes } of [koa, hono]) expect(() => routes(memory())).toThrow(/prefix/);
  for (const { routes } of [express, koa, hono, web]) {
    expect(() => routes(memory(), { prefix: '/auth', onLogon() {} })).toThrow(/onLogon/);
    expect(() => routes(memory(), { prefix: '/auth', optional: true })).toThrow(/optional/);
    expect(() => routes({}, { prefix: '/auth' })).toThrow(/createAuth/);
  }
  expect(() => web.guard(memory())).toThrow(/handler/);
});

describe('what the application itself throws', () => {
  const request = () => new Request('http://localhost/');

  test('an error of the handler is its own', async () => {
    const auth = memory();
    const { token } = await auth.sessions.issue('o-1');
    const redirect = { digest: 'NEXT_REDIRECT' }; // Next.js throws what is no Error
    const guarded = web.guard(auth, () => Promise.reject(redirect), { token: () => token });
    await expect(guarded(request())).rejects.toBe(redirect);
  });

  test.each([undefined, null, 'text', 7, {}, new Error('SELECT'), Object.assign(new Error('x'), { status: 1000 })])(
    'where the token is looked for, %p is 500 and not told',
    async (reason) => {
      const seen = [];
      const given = { token: () => Promise.reject(reason), onError: (error) => void seen.push(error) };
      const response = await web.guard(memory(), () => new Response('secret'), given)(request());
      expect(response.status).toBe(500);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toEqual({ error: { code: 9999, message: 'Internal error' } });
      expect(seen).toEqual([expect.any(Error)]);
      expect(seen[0] === reason || seen[0].cause === reason).toBe(true);
    },
  );

  test('onError hears of every error, and the answer stays ours where it gives none', async () => {
    const seen = [];
    const given = { onError: ({ status }) => void seen.push(status), onLogin: () => Promise.reject(new Error('x')) };
    const auth = makeAuth(here, { tokens: 'memory', wechat: { exchange: async () => ({ openid: 'o-1' }) } });
    const { token } = await auth.sessions.issue('o-1');
    const handle = web.routes(auth, { prefix: '/auth', ...given });
    const answers = [];
    const ask = async (method, target, init) => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const request = new Request(`http://localhost/auth${target}`, { method, headers, ...init });
      answers.push((await handle(request)).status);
    };
    await ask('GET', '/sessions', { headers: {} });
    await ask('DELETE', '/sessions/x');
    await ask('POST', '/login', { body: '[' });
    await ask('POST', '/login', { body: '{"code":"c"}' });
    await auth.close();
    await ask('GET', '/sessions');
    expect(answers).toEqual([401, 404, 400, 500, 503]);
    expect(seen).toEqual([401, 404, 400, undefined, 503]);
  });

  test('in onError, Express and its like still answer', async () => {
    const res = {
      headersSent: false,
      headers: {},
      setHeader: (name, value) => Object.assign(res.headers, { [name]: value }),
    };
    const guard = express.guard(memory(), { onError: () => Promise.reject(new Error('x')) });
    const text = await new Promise((resolve, reject) => {
      res.end = resolve;
      guard({ headers: {} }, res, () => reject(new Error('went on')));
    });
    expect(JSON.parse(text)).toEqual({ error: { code: 9999, message: 'Internal error' } });
    expect(res.statusCode).toBe(500);
  });

  test('an auth object that answers nothing lets nobody in', async () => {
    for (const verify of [async () => undefined, async () => null, () => false]) {
      const response = await web.guard({ verify }, () => new Response('secret'))(request());
      expect(response.status).toBe(401);
    }
  });
});

describe('the Fetch API', () => {
  test('routes answer every request: 404, or 405 with Allow', async () => {
    const answer = async (method, target, prefix = '/auth') => {
      const { status, headers } = await web.routes(memory(), { prefix })(new Request(`http://x${target}`, { method }));
      return [status, headers.get('allow'), headers.get('cache-control')];
    };
    expect(await answer('GET', '/')).toEqual([404, null, 'no-store']);
    expect(await answer('GET', '/other/login')).toEqual([404, null, 'no-store']);
    expect(await answer('GET', '/authlogin')).toEqual([404, null, 'no-store']);
    expect(await answer('GET', '/auth/login')).toEqual([405, 'POST', 'no-store']);
    expect(await answer('PUT', '/auth/sessions')).toEqual([405, 'GET, DELETE', 'no-store']);
    expect(await answer('OPTIONS', '/auth/sessions/x')).toEqual([405, 'DELETE', 'no-store']);
    expect(await answer('POST', '/auth/login/?x=/')).toEqual([400, null, 'no-store']);
    expect(await answer('POST', '/auth/login', '/auth/')).toEqual([400, null, 'no-store']);
    expect(await answer('POST', '/login', '')).toEqual([400, null, 'no-store']);
    expect(await answer('HEAD', '/auth/sessions')).toEqual([401, null, 'no-store']);
  });

  test('a token that all clients share is not renewed for one', async () => {
    const renew = async (sessions) => {
      const auth = makeAuth(here, { tokens: 'memory', sessions });
      const { token } = await auth.sessions.issue('o-1');
      const headers = { Authorization: `Bearer ${token}` };
      const { status } = await web.routes(auth)(new Request('http://x/renew', { method: 'POST', headers }));
      return { status, isLive: (await auth.sessions.inspect(token)) !== null };
    };
    expect(await renew({ mode: 'shared' })).toEqual({ status: 404, isLive: true });
    expect(await renew({ mode: 'each' })).toMatchObject({ status: 200 });
  });

  test('authenticate gives the session, or rejects', async () => {
    const auth = memory();
    const { token } = await auth.sessions.issue('o-1');
    const request = (Authorization) => new Request('http://localhost/', { headers: { Authorization } });
    expect(await web.authenticate(auth, request(`Bearer ${token}`))).toMatchObject({ userId: 'o-1' });
    await expect(web.authenticate(auth, request('Bearer x'))).rejects.toBeInstanceOf(MpauthxError);
    await expect(web.authenticate(undefined, request('x'))).rejects.toThrow(/createAuth/);
  });

  test('what a guard is given besides reaches the handler', async () => {
    const auth = memory();
    const { token } = await auth.sessions.issue('o-1');
    const handler = web.guard(auth, (_request, { userId }, { params }) => Response.json({ userId, params }));
    const request = new Request('http://localhost/', { headers: { Authorization: `Bearer ${token}` } });
    expect(await (await handler(request, { params: 1 })).json()).toEqual({ userId: 'o-1', params: 1 });
  });
});

test('another sku comes in where the guard says so', async () => {
  const other = makeAuth(here, { sku: 'shop-h5' });
  const { token } = await other.sessions.issue('o-1');
  const ask = async (options) => {
    const handler = web.guard(here.auth, (_request, { sku }) => new Response(sku), options);
    return (await handler(new Request('http://x/', { headers: { Authorization: `Bearer ${token}` } }))).text();
  };
  expect(await ask({ skus: ['shop', 'shop-h5'], fresh: true })).toBe('shop-h5');
  expect(await ask()).toMatch(/6007/);
});

test.each([null, '', undefined])(
  'where the application finds no token, and says %p, nobody asks to come in',
  async (none) => {
    const ask = async (optional) => {
      const handler = (_request, session) => new Response(session ? session.userId : 'nobody');
      const guard = web.guard(here.auth, handler, { optional, token: async () => none });
      const reply = await guard(new Request('http://x/'));
      return reply.ok ? reply.text() : reply.status;
    };
    expect([await ask(true), await ask(false)]).toEqual(['nobody', 401]);
  },
);

test('ES modules import all names', async () => {
  const { stdout } = await runNode(
    `import { getAuth, guard, routes } from 'mpauthx/express';
     import * as koa from 'mpauthx/koa';
     import plugin, { guard as hook, getAuth as ofFastify } from 'mpauthx/fastify';
     import * as hono from 'mpauthx/hono';
     import * as web from 'mpauthx/web';
     const names = [getAuth, guard, routes, koa.guard, plugin, hook, ofFastify, hono.routes, web.authenticate];
     console.log(JSON.stringify(names.map((each) => typeof each)));
     process.exit();`,
    { nodeArgs: ['--input-type=module'] },
  );
  expect(lastLine(stdout)).toEqual(Array(9).fill('function'));
});
