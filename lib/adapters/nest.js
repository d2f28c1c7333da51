'use strict';

// For Nest, on Express and on Fastify. The decorators are called as functions, which is what they
// are.

const http = require('http');
const nest = require('@nestjs/common');
const { HttpAdapterHost, Reflector } = require('@nestjs/core');
const { nodeBody } = require('../http-body.js');
const { Door, GUARD_OPTIONS, NO_STORE, admit, getAuth, isAdmitted, presentable, sessionOf } = require('../http.js');
const { ROUTES, routesOf, run } = require('../http-routes.js');
const { push } = require('./express.js');

const { onError, ...KNOWN } = GUARD_OPTIONS; // Nest has filters of errors
const PUBLIC = 'mpauthx:public';

/** The exceptions by status that Nest does not log; every other error of 500 and up it does. */
const EXCEPTIONS = { 401: nest.UnauthorizedException, 503: nest.ServiceUnavailableException };

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new nest.ConfigurableModuleBuilder({ moduleName: 'Mpauthx' })
  .setClassMethodName('forRoot')
  .setExtras({ routes: undefined }, (definition, { routes }) => ({
    ...definition,
    global: true,
    controllers: routes === undefined ? [] : [controllerAt(routes)],
    providers: [...(definition.providers || []), MpauthxGuard],
    exports: [MODULE_OPTIONS_TOKEN, MpauthxGuard],
  }))
  .build();

class MpauthxModule extends ConfigurableModuleClass {}
nest.Module({})(MpauthxModule);

/** Lets in who is logged in, and throws for everybody else. */
class MpauthxGuard {
  constructor({ auth, onLogin, ...options }, reflector) {
    this.door = new Door(auth, options, KNOWN);
    this.reflector = reflector;
  }

  /** The request of a context, with its headers: to be overridden where it is not that of HTTP. */
  getRequest(context) {
    return context.switchToHttp().getRequest();
  }

  async canActivate(context) {
    const request = this.getRequest(context);
    if (this.reflector.getAllAndOverride(PUBLIC, [context.getHandler(), context.getClass()])) {
      if (Object(request) === request) admit(request);
      return true;
    }
    try {
      request[this.door.property] = await this.door.enter(request, Object(request.headers).authorization);
    } catch (reason) {
      throw exceptionOf(reason, context.getType() === 'http' ? context.switchToHttp().getResponse() : undefined);
    }
    return true;
  }
}
nest.Injectable()(MpauthxGuard);
nest.Inject(MODULE_OPTIONS_TOKEN)(MpauthxGuard, undefined, 0);
nest.Inject(Reflector)(MpauthxGuard, undefined, 1);

/** Handlers, or all of a controller, that need nobody logged in. */
const Public = () => nest.SetMetadata(PUBLIC, true);

/** The session as a handler's parameter, or one property of it; undefined in what is public. */
const CurrentSession = nest.createParamDecorator((name, context) => {
  // The request is an argument of the handler, or stands in one, as in GraphQL.
  const places = context.getArgs().flatMap((each) => [each, Object(each).req]);
  const request = places.find(isAdmitted);
  const session = request ? sessionOf(request) : getAuth(places[0]); // which throws
  return name && session ? session[name] : session;
});

/** A controller with the routes for clients. */
function controllerAt(path) {
  class MpauthxController {
    constructor({ auth, onLogin, token }, { httpAdapter }) {
      this.door = routesOf(auth, { onLogin, token });
      if (httpAdapter.getType() === 'fastify') allowEmptyBodies(httpAdapter.getInstance(), path);
    }
  }
  const { prototype } = MpauthxController;
  for (const route of ROUTES) {
    const { name } = route.run;
    const method = {
      [name](request, response) {
        return respond(this.door, route, request, response);
      },
    };
    Object.defineProperty(prototype, name, { value: method[name], writable: true, configurable: true });
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    nest.RequestMapping({ path: route.path, method: nest.RequestMethod[route.method] })(prototype, name, descriptor);
    nest.HttpCode(route.status)(prototype, name, descriptor);
    nest.Req()(prototype, name, 0);
    nest.Res({ passthrough: true })(prototype, name, 1);
  }
  nest.Controller(path)(MpauthxController);
  Public()(MpauthxController);
  nest.Inject(MODULE_OPTIONS_TOKEN)(MpauthxController, undefined, 0);
  nest.Inject(HttpAdapterHost)(MpauthxController, undefined, 1);
  return MpauthxController;
}

async function respond(door, route, request, response) {
  const call = {
    request,
    header: (name) => request.headers[name],
    body: () => nodeBody(request.headers, request.body, request.raw || request),
    id: request.params.id,
  };
  try {
    const { headers, text } = await run(door, route, call);
    setHeaders(response, headers);
    return text === undefined ? undefined : JSON.parse(text);
  } catch (reason) {
    throw exceptionOf(reason, response);
  }
}

/** Fastify refuses an empty body that is said to be JSON, as wx.request says of every one. */
function allowEmptyBodies(fastify, path) {
  const ours = ROUTES.map((route) => `/${path}`.replace(/\/+/g, '/').replace(/\/$/, '') + route.path);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const isEmpty = headers['transfer-encoding'] === undefined && !Number(headers['content-length']);
    const [url] = request.url.split('?', 1);
    if (isEmpty && ours.some((each) => url.includes(each.replace(':id', '')))) delete headers['content-type'];
    done();
  });
}

/** What Nest is thrown: one of its exceptions, or an error that it logs. */
function exceptionOf(reason, response) {
  if (typeof Object(reason).getStatus === 'function') return reason;
  const error = presentable(reason);
  const { status, code, message } = error;
  if (response) setHeaders(response, { ...error.headers, ...NO_STORE });
  const Exception = EXCEPTIONS[status];
  const body = { statusCode: status, code, error: http.STATUS_CODES[status], message };
  if (Exception) return new Exception(body, { cause: reason });
  return status < 500 ? new nest.HttpException(body, status, { cause: reason }) : reason;
}

function setHeaders(response, headers) {
  for (const [name, value] of Object.entries(headers)) response.header(name, value);
}

module.exports = { CurrentSession, MpauthxGuard, MpauthxModule, Public, getAuth, push };
