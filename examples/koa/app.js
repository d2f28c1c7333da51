'use strict';

// An application on Koa: a login for the mini-program, and notes that only their owner sees.

const Router = require('@koa/router');
const Koa = require('koa');
const { createAuth } = require('mpauthx');
const { guard, routes } = require('mpauthx/koa');

const { APP_ID, APP_SECRET, TOKENS = 'tokens.db', PORT = '3000' } = process.env;

const auth = createAuth({
  appId: APP_ID,
  secret: APP_SECRET,
  sku: 'notes',
  tokens: TOKENS.includes('://') ? TOKENS : { file: TOKENS },
});

const app = new Koa();

// POST /auth/login, /auth/renew, /auth/logout; GET and DELETE /auth/sessions
app.use(routes(auth, { prefix: '/auth' }));

const router = new Router();
const notes = new Map(); // of your database

router.get('/notes', guard(auth), (ctx) => {
  ctx.body = notes.get(ctx.state.auth.userId) ?? [];
});

router.put('/notes/:text', guard(auth), (ctx) => {
  const { userId } = ctx.state.auth;
  notes.set(userId, [...(notes.get(userId) ?? []), ctx.params.text]);
  ctx.status = 201;
});

app.use(router.routes()).use(router.allowedMethods());

const server = app.listen(Number(PORT), () => console.log(`listening on ${server.address().port}`));

/** Answers what has been asked, then ends; Node leaves by itself when nothing is open. */
function stop() {
  server.close(async () => {
    await auth.close();
  });
  setTimeout(() => process.exit(1), 30_000).unref();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
