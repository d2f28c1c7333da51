'use strict';

// The application of a soak: guards and routes on Express, Fastify and Koa, and every function by
// name. Prints its ports, and ends with its stdin.
//
// Argument: JSON { redis, endpoint, deadline, timeout }.

const { once } = require('node:events');
const http = require('node:http');
const express = require('express');
const fastify = require('fastify');
const Koa = require('koa');
const mpauthx = require('../..');
const forExpress = require('../../lib/adapters/express');
const forFastify = require('../../lib/adapters/fastify');
const forKoa = require('../../lib/adapters/koa');
const { sample } = require('../../lib/testing/fake-wechat');
const { everybody } = require('../support/everybody');
const { MODES } = require('../wechat/pushed');

const SECRET = 'app-secret-0123456789abcdef';

function main({ redis, endpoint, deadline, timeout }) {
  const wechat = { endpoint, timeout, push: MODES.safe.push };
  const auth = mpauthx.createAuth({
    ...{ appId: sample.appId, secret: SECRET, sku: 'soak', ttl: 86400, sessionKeys: true, sessions: { max: 1000 } },
    ...{ tokens: { url: redis, deadline }, wechat },
  });
  const old = mpauthx(sample.appId, SECRET, 'old', everybody(), null, 86400, {
    ...{ tokens: { url: redis, deadline, layout: 'tagged' }, wechat },
  });
  const functions = { ...namesOf(auth), ...namesOf(old, 'old.') };
  return Promise.all([onExpress(auth, functions), onFastify(auth), onKoa(auth)]);
}

/** Every function of an object by its name, also those of what it holds. */
function namesOf(object, prefix = '') {
  return Object.entries(object).reduce((all, [name, value]) => {
    if (typeof value === 'function') return Object.assign(all, { [prefix + name]: value.bind(object) });
    return name === 'constants' ? all : Object.assign(all, namesOf(value, `${prefix}${name}.`));
  }, {});
}

/** Calls a function with what the request holds, and answers with what became of it. */
async function callOne(functions, { name, args, body }) {
  const given = body ? [{ ...args[0], body: Buffer.from(body, 'base64') }] : args;
  try {
    return { value: await functions[name](...given) };
  } catch (error) {
    return {
      error: error === undefined ? 'undefined' : { code: error.code, name: error.name, text: `${error.message}` },
    };
  }
}

async function onExpress(auth, functions) {
  const app = express();
  app.post('/call', express.json({ limit: '1mb' }), async (req, res) => res.json(await callOne(functions, req.body)));
  app.use('/auth', forExpress.routes(auth));
  app.get('/me', forExpress.guard(auth), (req, res) => res.json({ userId: req.auth.userId }));
  return listening(http.createServer(app));
}

async function onFastify(auth) {
  const app = fastify({ keepAliveTimeout: 60000 });
  await app.register(forFastify, { auth, prefix: '/auth' });
  app.get('/me', { onRequest: app.authenticate }, async (request) => ({ userId: request.auth.userId }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server.address().port;
}

async function onKoa(auth) {
  const app = new Koa();
  app.use(forKoa.routes(auth, { prefix: '/auth' }));
  app.use(forKoa.guard(auth));
  app.use((ctx) => {
    ctx.body = { userId: ctx.state.auth.userId };
  });
  return listening(http.createServer(app.callback()));
}

async function listening(server) {
  server.keepAliveTimeout = 60000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

main(JSON.parse(process.argv[2])).then((ports) => console.log(JSON.stringify({ ports })));
process.stdin.resume().once('end', () => process.exit());
