// A server with one route, guarded by a contestant or by nobody. Tells its port, then its costs as
// often as it is asked.

import { createRequire } from 'node:module';
import express from 'express';
import fastify from 'fastify';
import { answer, settings, tell } from '../child.mjs';
import { open } from '../contestants.mjs';
import { threadCpu } from '../thread.mjs';

const BODY = { hello: 'world' };

const require = createRequire(import.meta.url);

const tokenOf = (header) => header.slice('Bearer '.length);

/** The guards by hand. */
const GUARDS = {
  express: (check) => async (req, res, next) => {
    try {
      await check(tokenOf(req.headers.authorization));
    } catch {
      res.sendStatus(401);
      return;
    }
    next();
  },

  fastify: (check) => async (request, reply) => {
    try {
      await check(tokenOf(request.headers.authorization));
    } catch {
      reply.code(401);
      throw new Error('not logged in');
    }
  },
};

/** The guard of a contestant; undefined for nobody. */
function guardOf(framework, { check, auth }) {
  if (auth) return require(`../../lib/adapters/${framework}.js`).guard(auth);
  return check && GUARDS[framework](check);
}

const START = {
  express(guard) {
    const app = express();
    const answer = (_req, res) => res.json(BODY);
    app.get('/', ...(guard ? [guard, answer] : [answer]));
    return new Promise((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port));
    });
  },

  async fastify(guard) {
    const app = fastify();
    app.get('/', guard ? { onRequest: guard } : {}, async () => BODY);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return app.server.address().port;
  },
};

const { framework, id } = settings;
const contestant = id === 'unguarded' ? {} : await open(id, settings);
if (contestant.absent) {
  await tell({ absent: contestant.absent });
} else {
  process.env.NODE_ENV = 'production';
  answer(() => ({ threadCpu: threadCpu(), rss: process.memoryUsage.rss() / 2 ** 20 }));
  await tell({ port: await START[framework](guardOf(framework, contestant)) });
}
