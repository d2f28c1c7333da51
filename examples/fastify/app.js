'use strict';

// An application on Fastify: a login for the mini-program, and notes that only their owner sees.

const fastify = require('fastify');
const { createAuth } = require('mpauthx');
const mpauthx = require('mpauthx/fastify');

const { APP_ID, APP_SECRET, TOKENS = 'tokens.db', PORT = '3000' } = process.env;

const auth = createAuth({
  appId: APP_ID,
  secret: APP_SECRET,
  sku: 'notes',
  tokens: TOKENS.includes('://') ? TOKENS : { file: TOKENS },
});

async function main() {
  const app = fastify();

  // POST /auth/login, /auth/renew, /auth/logout; GET and DELETE /auth/sessions
  await app.register(mpauthx, { auth, prefix: '/auth' });
  app.addHook('onClose', () => auth.close());

  const notes = new Map(); // of your database
  const guarded = { onRequest: app.authenticate };

  app.get('/notes', guarded, async (request) => notes.get(request.auth.userId) ?? []);

  app.post('/notes', guarded, async (request, reply) => {
    const { userId } = request.auth;
    notes.set(userId, [...(notes.get(userId) ?? []), String(request.body?.text)]);
    return reply.code(201).send();
  });

  await app.listen({ port: Number(PORT), host: '0.0.0.0' });
  console.log(`listening on ${app.server.address().port}`);

  /** Answers what has been asked, then ends; Node leaves by itself when nothing is open. */
  function stop() {
    app.close();
    setTimeout(() => process.exit(1), 30_000).unref();
  }
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main();
