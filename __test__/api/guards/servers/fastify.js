'use strict';

// Fastify.

const mpauthx = require('../../../../lib/adapters/fastify');
const { SECRET, bearer, fromHeader, later, onLogin, onMessage, who } = require('./parts');

const tokenOf = (request) => bearer(request.headers.authorization);

const HOOKS = {
  'an async hook': (auth) => async (request) => {
    await auth.verify(tokenOf(request));
  },
  'a hook that returns the promise': (auth) => (request, _reply) => auth.verify(tokenOf(request)),
  '.then(() => done(), done)': (auth) => (request, _reply, done) => {
    auth.verify(tokenOf(request)).then(() => done(), done);
  },
  '.then(() => done()).catch(done)': (auth) => (request, _reply, done) => {
    auth
      .verify(tokenOf(request))
      .then(() => done())
      .catch(done);
  },
  '.then(done, done)': (auth) => (request, _reply, done) => {
    auth.verify(tokenOf(request)).then(done, done);
  },
  'a callback hook, .catch((e) => reply.send(e))': (auth) => (request, reply, done) => {
    auth.verify(tokenOf(request)).then(
      () => done(),
      (e) => reply.send(e),
    );
  },
  'an async hook, catch (e) { reply.send(e) }': (auth) => async (request, reply) => {
    try {
      await auth.verify(tokenOf(request));
    } catch (e) {
      reply.send(e);
    }
  },
  'an async hook, catch (e) { return reply.code(e.status).send(…) }': (auth) => async (request, reply) => {
    try {
      await auth.verify(tokenOf(request));
    } catch (e) {
      return reply.code(e.status).send({ message: e.message });
    }
  },
};

async function create({ load, auth, guards }) {
  const fastify = load()();
  guards.forEach((make, i) => {
    const at = ['onRequest', 'preValidation', 'preHandler'][i % 3];
    fastify.get(`/idiom/${i}`, { [at]: make(auth) }, async () => SECRET);
  });
  fastify.addHook('preParsing', async (request, _reply, payload) => {
    if (request.headers['x-drain']) for await (const _ of payload);
    return payload;
  });
  await fastify.register(mpauthx, { auth, prefix: '/auth', onLogin });
  await fastify.register(mpauthx.push(auth, onMessage), { prefix: '/push' });
  const ours = (path, hook, property = 'auth') =>
    fastify.get(path, { onRequest: hook }, async (request) =>
      who(request[property], request[property] && mpauthx.getAuth(request)),
    );
  ours('/guarded', fastify.authenticate);
  ours('/optional', mpauthx.guard(auth, { optional: true }));
  ours('/named', mpauthx.guard(auth, { property: 'login' }), 'login');
  ours('/header', mpauthx.guard(auth, fromHeader));
  fastify.get('/unguarded', async (request) => mpauthx.getAuth(request));
  fastify.get('/later', { onRequest: fastify.authenticate }, async (request) => later(auth, request.auth.userId));
  // Whether what the plugin does with bodies, and its routes, stay where they are.
  fastify.post('/echo', { onRequest: fastify.authenticate }, async (request) => ({ body: request.body }));
  return fastify;
}

const listen = (app, port, ready) => {
  app.listen({ port, host: '127.0.0.1' }).then(() => ready(app.server.address().port));
};

module.exports = { create, idioms: { HOOKS }, listen };
