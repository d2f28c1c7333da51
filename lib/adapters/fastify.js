'use strict';

// For Fastify 4 and 5.

const { nodeBody, nodeBytes } = require('../http-body.js');
const { Door, GUARD_OPTIONS, NO_STORE, getAuth, presentable } = require('../http.js');
const { MAX_BYTES, Push } = require('../http-push.js');
const { ROUTES, routesOf, run } = require('../http-routes.js');

const { onError, ...KNOWN } = GUARD_OPTIONS; // Fastify has handlers of errors of its own

/** The plugin: `fastify.authenticate`, `request.auth`, and the routes where there is a `prefix`. */
async function mpauthxPlugin(fastify, { auth, prefix, onLogin, ...options }) {
  const authenticate = guard(auth, options);
  const { property = 'auth', token } = options;
  fastify.decorate('authenticate', authenticate);
  if (!fastify.hasRequestDecorator(property)) fastify.decorateRequest(property, null);
  if (prefix !== undefined) await fastify.register(routes, { prefix, door: routesOf(auth, { onLogin, token }) });
}

// The decorators are for the whole application.
mpauthxPlugin[Symbol.for('skip-override')] = true;
mpauthxPlugin[Symbol.for('fastify.display-name')] = 'mpauthx';
mpauthxPlugin[Symbol.for('plugin-meta')] = { name: 'mpauthx', fastify: '>=4' };

/**
 * A hook, for `onRequest`, that lets in who is logged in, and fails for everybody else. A hook of
 * the application's own, which calls it without `done`, gets a promise.
 */
function guard(auth, options) {
  const door = new Door(auth, options, KNOWN);
  return function authenticate(request, reply, done) {
    if (!done) return promised((callback) => authenticate(request, reply, callback));
    const pass = (session) => {
      request[door.property] = session;
      done();
    };
    const header = request.headers.authorization;
    const known = door.known(request, header);
    if (known) return pass(known);
    door.enter(request, header).then(pass, (reason) => done(thrown(reason, reply)));
  };
}

/** A promise for what calls back. */
function promised(call) {
  return new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
}

/** The routes, in a context of their own, so that their reading of bodies is theirs alone. */
async function routes(scope, { door }) {
  leaveBodies(scope);
  for (const route of ROUTES) {
    scope.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const call = {
          request,
          header: (name) => request.headers[name],
          body: () => nodeBody(request.headers, undefined, request.body || request.raw),
          id: request.params.id,
        };
        try {
          const { status, headers, text } = await run(door, route, call);
          return reply.code(status).headers(headers).send(text);
        } catch (reason) {
          throw thrown(reason, reply);
        }
      },
    });
  }
}

/** A plugin whose routes at its prefix give the handler what WeChat pushes. */
function push(auth, handler) {
  const door = new Push(auth, handler, {}, {});
  return async (scope) => {
    leaveBodies(scope);
    scope.route({
      method: ['GET', 'POST'],
      url: '/',
      handler: async (request, reply) => {
        const body = () => nodeBytes(request.headers, [], request.body || request.raw, MAX_BYTES);
        try {
          const { status, headers, text } = await door.answer(request.method, { request, url: request.url, body });
          return reply.code(status).headers(headers).send(text);
        } catch (reason) {
          throw thrown(reason, reply);
        }
      },
    });
  };
}

/** Leaves all bodies in a context to its handlers, as streams. */
function leaveBodies(scope) {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

/** The error that Fastify answers with, and its handlers are given. */
function thrown(reason, reply) {
  const error = presentable(reason);
  reply.headers({ ...error.headers, ...NO_STORE });
  return error;
}

module.exports = mpauthxPlugin;
module.exports.default = mpauthxPlugin;
module.exports.getAuth = getAuth;
module.exports.guard = guard;
module.exports.push = push;
