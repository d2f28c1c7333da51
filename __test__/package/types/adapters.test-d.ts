// Guards and routes as applications in TypeScript write them, against the frameworks' own types.

import { type CanActivate, type ExecutionContext, Module } from '@nestjs/common';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { createAuth, type Session } from 'mpauthx';
import * as forExpress from 'mpauthx/express';
import mpauthx, { getAuth, guard as hook } from 'mpauthx/fastify';
import * as forHono from 'mpauthx/hono';
import * as forKoa from 'mpauthx/koa';
import { CurrentSession, MpauthxGuard, MpauthxModule, Public, push } from 'mpauthx/nest';
import * as web from 'mpauthx/web';

const auth = createAuth({ appId: 'wx', secret: 's', sku: 'shop', tokens: 'memory' });

const takes = <T>(_value: T) => {};

// Express

const app = express();
app.use(
  '/auth',
  forExpress.routes(auth, { onLogin: async ({ userId, isNewUser }, req) => ({ userId, isNewUser, ip: req.ip }) }),
);
app.get('/me/:id', forExpress.guard(auth), (req, res) => {
  takes<string>(req.params.id);
  takes<string | undefined>(req.auth?.userId);
  res.json({ userId: forExpress.getAuth(req).userId });
  // @ts-expect-error there may have been no guard
  takes<string>(req.auth.userId);
});
forExpress.guard(auth, {
  token: (req) => req.get('x-token'),
  optional: true,
  property: 'session',
  skus: ['shop', 'shop-h5'],
  fresh: true,
  onError: (error, req, res, next) => {
    if (req.path === '/') next(error);
    else res.status(500).end();
  },
});
// @ts-expect-error no such option
forExpress.guard(auth, { optionel: true });
// @ts-expect-error not what createAuth gives
forExpress.guard({});
forExpress.routes(auth, { onLogin: () => {} });
forExpress.routes(auth, { onLogin: () => ({ vip: true }), prefix: '/auth' });

app.use(
  '/wechat',
  forExpress.push(auth, async ({ Event, OpenID }, req) => {
    takes<string | undefined>(Event);
    takes<string | undefined>(req.ip);
    if (OpenID) await auth.forget({ openId: OpenID });
  }),
);
forExpress.push(auth, () => 'success', { onError: (_error, _req, res) => res.end() });
// @ts-expect-error a handler is missing
forExpress.push(auth);
// @ts-expect-error no such option
forExpress.push(auth, () => {}, { optional: true });

// Koa

const koa = new Koa();
koa.use(forKoa.routes(auth, { prefix: '/auth', onLogin: (login, ctx) => ({ unionId: login.unionId, ip: ctx.ip }) }));
koa.use(
  forKoa.guard(auth, { token: (ctx) => ctx.cookies.get('token'), onError: (_error, ctx) => ctx.set('X-No', '1') }),
);
koa.use((ctx) => {
  ctx.body = forKoa.getAuth(ctx).userId;
});
// @ts-expect-error the prefix is missing
forKoa.routes(auth, {});
koa.use(
  forKoa.push(auth, ({ MsgType }, ctx) => `${MsgType} ${ctx.ip}`, { onError: (_error, ctx) => ctx.set('X', '1') }),
);

// Fastify

const server = fastify();
server.register(mpauthx, { auth, prefix: '/auth', onLogin: (login, request) => ({ ip: request.ip, id: login.id }) });
server.register(async (scope) => {
  scope.addHook('onRequest', scope.authenticate);
  scope.get('/me', { onRequest: hook(auth, { optional: true }) }, async (request) => {
    takes<Session | null | undefined>(request.auth);
    return { userId: getAuth(request).userId };
  });
});
server.register(
  mpauthx.push(auth, (_message, request) => request.log.info('came')),
  { prefix: '/wechat' },
);
// @ts-expect-error auth is missing
server.register(mpauthx, { prefix: '/auth' });

// Hono

const hono = new Hono();
hono.use(
  '/auth/*',
  forHono.routes(auth, { prefix: '/auth', onLogin: (_login, c) => ({ agent: c.req.header('user-agent') }) }),
);
hono.get('/me', forHono.guard(auth), (c) => c.json({ userId: c.get('auth').userId }));
hono.get('/maybe', forHono.guard(auth, { optional: true }), (c) => {
  // @ts-expect-error nobody may be logged in
  takes<Session>(c.get('auth'));
  return c.json({ userId: c.get('auth')?.userId });
});
hono.get('/named', forHono.guard(auth, { property: 'login' }), (c) => c.text(c.get('login').userId));

hono.all(
  '/wechat',
  forHono.push(auth, (_message, c) => c.req.path, { onError: (_error, c) => c.text('no', 500) }),
);

// The Fetch API

export const GET = web.guard(auth, (request: Request, session, context: { params: Promise<{ id: string }> }) => {
  takes<Session>(session);
  takes<Promise<{ id: string }>>(context.params);
  return new Response(request.url);
});
takes<(request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>>(GET);
web.guard(auth, (_request, session) => Response.json(session?.userId ?? null), { optional: true });
takes<(request: Request) => Promise<Response>>(web.routes(auth, { prefix: '/auth' }));
takes<Promise<Session>>(web.authenticate(auth, new Request('http://localhost')));

takes<(request: Request) => Promise<Response>>(web.push(auth, (_message, request) => request.url));

// Nest

class GraphGuard extends MpauthxGuard {
  override getRequest(context: ExecutionContext) {
    return context.getArgByIndex(2).req;
  }
}
takes<new (...given: never[]) => CanActivate>(GraphGuard);
takes<ParameterDecorator>(CurrentSession());
takes<ParameterDecorator>(CurrentSession('userId'));
app.use(
  '/wechat',
  push(auth, ({ Event }) => takes<string | undefined>(Event)),
);
takes<MethodDecorator>(Public());
takes<ClassDecorator>(Public());
Module({
  imports: [
    MpauthxModule.forRoot({ auth, routes: '/auth', onLogin: () => ({}) }),
    MpauthxModule.forRootAsync({
      routes: '/auth',
      inject: ['AUTH'],
      useFactory: async (given: typeof auth) => ({ auth: given }),
    }),
  ],
});
// @ts-expect-error auth is missing
MpauthxModule.forRoot({ routes: '/auth' });
