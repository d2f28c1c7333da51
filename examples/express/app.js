'use strict';

// An application on Express: a login for the mini-program, and notes that only their owner sees.

const cors = require('cors');
const express = require('express');
const { rateLimit } = require('express-rate-limit');
const { createAuth } = require('mpauthx');
const { guard, routes } = require('mpauthx/express');

const { APP_ID, APP_SECRET, TOKENS = 'tokens.db', ORIGIN, PORT = '3000' } = process.env;

const auth = createAuth({
  appId: APP_ID,
  secret: APP_SECRET,
  sku: 'notes',
  tokens: TOKENS.includes('://') ? TOKENS : { file: TOKENS },
});

const app = express();

// For Kubernetes and load balancers: before the limit, and without a login.
app.get('/ready', async (_req, res) => {
  const { tokens, users } = await auth.health();
  res.sendStatus(tokens.ready && users.ready ? 200 : 503);
});

// What answers strangers stands before routes and guards. A mini-program needs no CORS, H5 does.
if (ORIGIN) app.use(cors({ origin: ORIGIN }));
app.use('/auth/login', rateLimit({ windowMs: 60_000, limit: 60 }));

// POST /auth/login, /auth/renew, /auth/logout; GET and DELETE /auth/sessions
app.use('/auth', routes(auth));

const notes = new Map(); // of your database

app.get('/notes', guard(auth), (req, res) => {
  res.json(notes.get(req.auth.userId) ?? []);
});

app.post('/notes', guard(auth), express.json(), (req, res) => {
  const { userId } = req.auth;
  notes.set(userId, [...(notes.get(userId) ?? []), String(req.body?.text)]);
  res.sendStatus(201);
});

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
