// A server with one route, guarded by a contestant or by nobody. Tells its port, then its costs as
// often as it is asked.

import express from 'express';
import fastify from 'fastify';
import { answer, settings, tell } from '../child.mjs';
import { open } from '../contestants.mjs';
import { threadCpu } from '../thread.mjs';

const BODY = { hello: 'world' };

const START = {
  express(check) {
    const app = express();
    const guard = async (req, res, next) => {
      try {
        await check(req.headers.authorization);
      } catch {
        res.sendStatus(401);
        return;
      }
      next();
    };
    const answer = (_req, res) => res.json(BODY);
    app.get('/', ...(check ? [guard, answer] : [answer]));
    return new Promise((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port));
    });
  },

  async fastify(check) {
    const app = fastify();
    const guard = async (request, reply) => {
      try {
        await check(request.headers.authorization);
      } catch {
        reply.code(401);
        throw new Error('not logged in');
      }
    };
    app.get('/', check ? { onRequest: guard } : {}, async () => BODY);
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
  await tell({ port: await START[framework](contestant.check) });
}
