'use strict';

// Koa.

const { getAuth, guard, push, routes } = require('../../../../lib/adapters/koa');
const { SECRET, bearer, fromHeader, later, onLogin, onMessage, who } = require('./parts');

const tokenOf = (ctx) => bearer(ctx.get('authorization'));

const AWAITED = {
  'await without a try': (auth) => async (ctx, next) => {
    await auth.verify(tokenOf(ctx));
    await next();
  },
  '.then(() => next())': (auth) => (ctx, next) => auth.verify(tokenOf(ctx)).then(() => next()),
  '.then(next, (e) => ctx.throw(e))': (auth) => (ctx, next) =>
    auth.verify(tokenOf(ctx)).then(
      () => next(),
      (e) => ctx.throw(e),
    ),
  'catch (e) { ctx.throw(401, e) }': (auth) => async (ctx, next) => {
    try {
      ctx.state.user = await auth.verify(tokenOf(ctx));
    } catch (e) {
      ctx.throw(401, e);
    }
    await next();
  },
  'catch (e) { ctx.throw(e.status, e.message) }': (auth) => async (ctx, next) => {
    try {
      await auth.verify(tokenOf(ctx));
    } catch (e) {
      ctx.throw(e.status, e.message);
    }
    await next();
  },
  'catch (e) { ctx.status = e.status; ctx.body = … }': (auth) => async (ctx, next) => {
    try {
      await auth.verify(tokenOf(ctx));
    } catch (e) {
      ctx.status = e.status;
      ctx.body = { message: e.message };
      return;
    }
    await next();
  },
};

function create({ load, auth, guards }) {
  const Koa = load();
  const app = new Koa();
  app.silent = true;
  const under = (path, middleware) =>
    app.use((ctx, next) => (ctx.path === path || ctx.path.startsWith(`${path}/`) ? middleware(ctx, next) : next()));
  const get = (path, middleware, handler) => under(path, (ctx) => middleware(ctx, () => handler(ctx)));
  guards.forEach((make, i) => {
    get(`/idiom/${i}`, make(auth), (ctx) => {
      ctx.body = SECRET;
    });
  });
  const ours = (path, options, property = 'auth') =>
    get(path, guard(auth, options), (ctx) => {
      ctx.body = who(ctx.state[property], ctx.state[property] && getAuth(ctx));
    });
  ours('/guarded');
  ours('/optional', { optional: true });
  ours('/named', { property: 'login' }, 'login');
  ours('/header', fromHeader);
  ours('/on-error', {
    onError: (error, ctx) => {
      ctx.status = 418;
      ctx.body = { code: error.code };
    },
  });
  under('/unguarded', (ctx) => {
    ctx.body = getAuth(ctx);
  });
  get('/later', guard(auth), async (ctx) => {
    ctx.body = await later(auth, ctx.state.auth.userId);
  });
  const ourRoutes = routes(auth, { onLogin, prefix: '/auth' });
  under('/auth', async (ctx, next) => {
    await read(ctx);
    return ourRoutes(ctx, next);
  });
  const ourPush = push(auth, onMessage);
  under('/push', async (ctx) => {
    await read(ctx);
    return ourPush(ctx);
  });
  return app;
}

async function read(ctx) {
  if (ctx.get('x-parse')) ctx.request.body = await parsed(ctx);
  if (ctx.get('x-drain')) await textOf(ctx.req);
  if (!ctx.get('x-raw')) return;
  ctx.request.rawBody = await textOf(ctx.req); // koa-bodyparser leaves both
  ctx.request.body = {};
}

/** As koa-bodyparser does it: an empty object for what it does not read. */
async function parsed(ctx) {
  if (!ctx.is('json')) return {};
  const text = await textOf(ctx.req);
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch (error) {
    ctx.throw(400, error);
  }
}

async function textOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const listen = (app, port, ready) => {
  const server = app.listen(port, '127.0.0.1', () => ready(server.address().port));
};

module.exports = { create, idioms: { AWAITED }, listen };
