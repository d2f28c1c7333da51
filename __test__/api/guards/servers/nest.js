'use strict';

// Nest, on Express and on Fastify. The decorators are called by hand.

const { SECRET, bearer, fromHeader, later, onLogin, onMessage, who } = require('./parts');

const tokenOf = (context) => bearer(context.switchToHttp().getRequest().headers.authorization);

const GUARDS = {
  'async canActivate, await': (auth) => ({
    async canActivate(context) {
      await auth.verify(tokenOf(context));
      return true;
    },
  }),
  'canActivate, .then(() => true)': (auth) => ({
    canActivate: (context) => auth.verify(tokenOf(context)).then(() => true),
  }),
  'canActivate, .then(Boolean)': (auth) => ({
    canActivate: (context) => auth.verify(tokenOf(context)).then(Boolean),
  }),
  'canActivate, !!(await …)': (auth) => ({
    async canActivate(context) {
      return !!(await auth.verify(tokenOf(context)));
    },
  }),
  'canActivate, catch (e) { throw new HttpException(…) }': (auth, { HttpException }) => ({
    async canActivate(context) {
      try {
        await auth.verify(tokenOf(context));
      } catch (e) {
        throw new HttpException(e.message, e.status);
      }
      return true;
    },
  }),
};

/** A controller with these handlers: `[path, handler, ...decorators of the method]`. */
function controller(nest, handlers, parameters = {}) {
  class Handlers {}
  handlers.forEach(([path, handler, ...decorators], i) => {
    const name = `handler${i}`;
    Handlers.prototype[name] = handler;
    const descriptor = Object.getOwnPropertyDescriptor(Handlers.prototype, name);
    for (const each of [nest.Get(path), ...decorators]) each(Handlers.prototype, name, descriptor);
    (parameters[path] || [nest.Req()]).forEach((each, at) => {
      each(Handlers.prototype, name, at);
    });
  });
  nest.Controller()(Handlers);
  return Handlers;
}

async function create({ maker, load, auth, guards }) {
  load('reflect-metadata');
  const nest = load('@nestjs/common');
  const { APP_GUARD, NestFactory } = load('@nestjs/core');
  const ours = require('../../../../lib/adapters/nest');
  const { CurrentSession, MpauthxGuard, MpauthxModule, Public, getAuth, push } = ours;
  const guarded = (path, options, property = 'auth') => {
    class Guard extends MpauthxGuard {
      constructor() {
        super({ auth, ...options }, { getAllAndOverride: () => false });
      }
    }
    const handler = (request) => who(request[property], request[property] && getAuth(request));
    return [path, handler, Public(), nest.UseGuards(new Guard())];
  };
  const Handlers = controller(
    nest,
    [
      ...guards.map((make, i) => [`/idiom/${i}`, () => SECRET, Public(), nest.UseGuards(make(auth, nest))]),
      ['/guarded', (session, userId) => ({ userId, seen: session.userId })],
      guarded('/optional', { optional: true }),
      guarded('/named', { property: 'login' }, 'login'),
      guarded('/header', fromHeader),
      ['/unguarded', (request) => getAuth(request), Public()],
      ['/public', (session) => ({ nobody: session === undefined }), Public()],
      ['/later', (session) => later(auth, session.userId)],
    ],
    {
      '/guarded': [CurrentSession(), CurrentSession('userId')],
      '/later': [CurrentSession()],
      '/public': [CurrentSession()],
    },
  );
  const given = { auth, onLogin };
  const Ours = maker.isAsync
    ? MpauthxModule.forRootAsync({ routes: '/auth', useFactory: async () => given })
    : MpauthxModule.forRoot({ ...given, routes: '/auth' });
  // Behind Nest's own parsers, which leave the bytes where the application says so.
  class App {
    configure(consumer) {
      consumer.apply(push(auth, onMessage)).forRoutes('/push-behind');
    }
  }
  nest.Module({
    imports: [Ours],
    controllers: [Handlers],
    providers: [{ provide: APP_GUARD, useClass: MpauthxGuard }],
  })(App);
  const platform = maker.on === 'fastify' ? new (load('@nestjs/platform-fastify').FastifyAdapter)() : undefined;
  const options = { logger: process.env.LOG ? undefined : false, rawBody: true };
  const app = await NestFactory.create(App, ...(platform ? [platform] : []), options);
  app.use('/push', push(auth, onMessage));
  return app;
}

const listen = (app, port, ready) => {
  app.listen(port, '127.0.0.1').then(() => ready(app.getHttpServer().address().port));
};

module.exports = { create, idioms: { GUARDS }, listen };
