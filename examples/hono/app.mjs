// An application on Hono: a login for the mini-program, and notes that only their owner sees.

import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createAuth } from 'mpauthx';
import { guard, routes } from 'mpauthx/hono';

const { APP_ID, APP_SECRET, TOKENS = 'tokens.db', PORT = '3000' } = process.env;

const auth = createAuth({
  appId: APP_ID,
  secret: APP_SECRET,
  sku: 'notes',
  tokens: TOKENS.includes('://') ? TOKENS : { file: TOKENS },
});

const app = new Hono();

// POST /auth/login, /auth/renew, /auth/logout; GET and DELETE /auth/sessions
app.use('/auth/*', routes(auth, { prefix: '/auth' }));

const notes = new Map(); // of your database

app.get('/notes', guard(auth), (c) => c.json(notes.get(c.get('auth').userId) ?? []));

app.post('/notes', guard(auth), async (c) => {
  const { userId } = c.get('auth');
  const { text } = await c.req.json();
  notes.set(userId, [...(notes.get(userId) ?? []), String(text)]);
  return c.body(null, 201);
});

const server = serve({ fetch: app.fetch, port: Number(PORT) }, ({ port }) => console.log(`listening on ${port}`));

/** Answers what has been asked, then ends; Node leaves by itself when nothing is open. */
function stop() {
  server.close(async () => {
    await auth.close();
  });
  setTimeout(() => process.exit(1), 30_000).unref();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
