'use strict';

// Hono, and the Fetch API by itself, on Node.

const hono = require('../../../../lib/adapters/hono');
const web = require('../../../../lib/adapters/web');
const { SECRET, bearer, later, onLogin, onMessage, who } = require('./parts');

const HONO = {
  'await without a try': (auth) => async (c, next) => {
    await auth.verify(bearer(c.req.header('authorization')));
    await next();
  },
  '.then(() => next())': (auth) => (c, next) => auth.verify(bearer(c.req.header('authorization'))).then(() => next()),
  'catch (e) { return e.getResponse() }': (auth) => async (c, next) => {
    try {
      c.set('user', await auth.verify(bearer(c.req.header('authorization'))));
    } catch (e) {
      return e.getResponse();
    }
    await next();
  },
  'catch (e) { return c.json(…, e.status) }': (auth) => async (c, next) => {
    try {
      await auth.verify(bearer(c.req.header('authorization')));
    } catch (e) {
      return c.json({ message: e.message }, e.status);
    }
    await next();
  },
};

const FETCH = {
  'catch (e) { return e.getResponse() }': (auth) => async (request) => {
    try {
      await auth.verify(bearer(request.headers.get('authorization')));
      return new Response(SECRET);
    } catch (e) {
      return e.getResponse();
    }
  },
  '.then(() => new Response(…), (e) => e.getResponse())': (auth) => (request) =>
    auth.verify(bearer(request.headers.get('authorization'))).then(
      () => new Response(SECRET),
      (e) => e.getResponse(),
    ),
  'await authenticate(auth, request)': (auth) => async (request) => {
    try {
      await web.authenticate(auth, request);
      return new Response(SECRET);
    } catch (e) {
      return new Response(e.message, { status: e.status, headers: e.headers });
    }
  },
};

const teapot = (error) => new Response(JSON.stringify({ code: error.code }), { status: 418 });

function createHono({ load, auth, guards }) {
  const { Hono } = load('hono');
  const app = new Hono();
  guards.forEach((make, i) => {
    app.get(`/idiom/${i}`, make(auth), (c) => c.text(SECRET));
  });
  const ours = (path, options, property = 'auth') =>
    app.get(path, hono.guard(auth, options), (c) => c.json(who(c.get(property), c.get(property) && hono.getAuth(c))));
  ours('/guarded');
  ours('/optional', { optional: true });
  ours('/named', { property: 'login' }, 'login');
  ours('/header', { token: (c) => c.req.header('x-token') });
  ours('/on-error', { onError: teapot });
  app.get('/unguarded', (c) => {
    try {
      return c.json(hono.getAuth(c));
    } catch (error) {
      return c.text(error.message, 500);
    }
  });
  app.get('/later', hono.guard(auth), async (c) => c.json(await later(auth, c.get('auth').userId)));
  const read = async (c, next) => {
    if (c.req.header('x-parse')) await c.req.json().catch(() => {});
    if (c.req.header('x-raw')) await c.req.text();
    if (c.req.header('x-drain')) await c.req.raw.arrayBuffer();
    await next();
  };
  app.use('/auth/*', read);
  app.use('/auth/*', hono.routes(auth, { prefix: '/auth', onLogin }));
  app.all('/push', read, hono.push(auth, onMessage));
  return app;
}

function createWeb({ auth, guards }) {
  const whoIs = (request, session) => Response.json(who(session, session && web.getAuth(request)));
  const routes = web.routes(auth, { prefix: '/auth', onLogin });
  const exact = {
    '/push': web.push(auth, onMessage),
    '/guarded': web.guard(auth, whoIs),
    '/optional': web.guard(auth, whoIs, { optional: true }),
    '/named': web.guard(auth, whoIs, { property: 'login' }),
    '/header': web.guard(auth, whoIs, { token: (request) => request.headers.get('x-token') }),
    '/on-error': web.guard(auth, whoIs, { onError: teapot }),
    '/unguarded': async (request) => {
      try {
        return Response.json(web.getAuth(request));
      } catch (error) {
        return new Response(error.message, { status: 500 });
      }
    },
    '/later': web.guard(auth, async (_request, session) => {
      try {
        return Response.json(await later(auth, session.userId));
      } catch (error) {
        return error.getResponse();
      }
    }),
  };
  guards.forEach((make, i) => {
    exact[`/idiom/${i}`] = make(auth);
  });
  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.headers.get('x-drain')) await request.arrayBuffer();
      return (exact[pathname] || routes)(request);
    },
  };
}

const listen = (app, port, ready, load) => {
  const { serve } = load('@hono/node-server');
  serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (info) => ready(info.port));
};

const create = (given) => (given.maker === 'web' ? createWeb(given) : createHono(given));

module.exports = { create, idioms: { HONO, FETCH }, listen };
