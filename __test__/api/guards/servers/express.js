'use strict';

// Express, and what calls middleware as it does: connect, polka, restify.

const { getAuth, guard, push, routes } = require('../../../../lib/adapters/express');
const { SECRET, bearer, fromHeader, later, onLogin, onMessage, who } = require('./parts');

const tokenOf = (req) => bearer(req.headers.authorization);

/** Guards as people write them. */
const CALLBACKS = {
  '.then(() => next()).catch(next)': (auth) => (req, _res, next) => {
    auth
      .verify(tokenOf(req))
      .then(() => next())
      .catch(next);
  },
  '.then(() => next(), next)': (auth) => (req, _res, next) => {
    auth.verify(tokenOf(req)).then(() => next(), next);
  },
  '.then(next, next)': (auth) => (req, _res, next) => {
    auth.verify(tokenOf(req)).then(next, next);
  },
  '.then((session) => { …; next() }).catch((e) => next(e))': (auth) => (req, _res, next) => {
    auth
      .verify(tokenOf(req))
      .then((session) => {
        req.session = session;
        next();
      })
      .catch((e) => next(e));
  },
  'an async middleware in a wrapper': (auth) => wrap(async (req) => auth.verify(tokenOf(req))),
};

const ASYNC = {
  'async, try { await …; next() } catch (e) { next(e) }': (auth) => async (req, _res, next) => {
    try {
      await auth.verify(tokenOf(req));
      next();
    } catch (e) {
      next(e);
    }
  },
};

const BARE = {
  'async, without a wrapper': (auth) => async (req, _res, next) => {
    await auth.verify(tokenOf(req));
    next();
  },
  'await in the handler': (auth) => async (req, res) => {
    await auth.verify(tokenOf(req));
    res.end(SECRET);
  },
};

const RESTIFY = {
  'async, as restify has it': (auth) => async (req) => {
    await auth.verify(tokenOf(req));
  },
};

const wrap = (check) => (req, res, next) => {
  Promise.resolve(check(req, res)).then(() => next(), next);
};

/** How each makes an application: `get(path, ...middleware)` and `use(path, middleware)`. */
const MAKERS = {
  express(load) {
    const express = load();
    const app = express();
    const [json, form] = [express.json(), express.urlencoded({ extended: false })];
    const parse = (req, res, next) => json(req, res, (error) => (error ? next(error) : form(req, res, next)));
    const raw = express.raw({ type: '*/*' });
    return { app, parse, raw, get: (path, ...chain) => app.get(path, ...chain), use: (...given) => app.use(...given) };
  },
  connect(load) {
    const app = load()();
    const use = (path, ...chain) => chain.map((each) => app.use(path, each));
    return { app, get: use, use };
  },
  polka(load) {
    const app = load()();
    return { app, get: (path, ...chain) => app.get(path, ...chain), use: (...given) => app.use(...given) };
  },
  restify(load) {
    const restify = load();
    const app = restify.createServer();
    const methods = ['post', 'del', 'get'];
    const use = (path, ...chain) => {
      // restify takes no middleware for a path: the routes are told their prefix.
      for (const method of methods) app[method](`${path}/*`, ...chain, nothing);
    };
    return { app, get: (path, ...chain) => app.get(path, ...chain), use, prefixed: true };
  },
};

/** restify answers 500 where no handler does. */
function nothing(_req, res, next) {
  res.statusCode = 404;
  res.end();
  next();
}

const idioms = { CALLBACKS, ASYNC, BARE, RESTIFY };

function create({ maker, load, auth, guards }) {
  const { app, get, use, parse, raw, prefixed } = MAKERS[maker](load);
  const json = (value, res) => {
    res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify(value));
  };
  guards.forEach((make, i) => {
    get(`/idiom/${i}`, make(auth), (_req, res, next) => {
      res.end(SECRET);
      if (prefixed) next();
    });
  });
  const ours = (path, options, property = 'auth') =>
    get(path, guard(auth, options), (req, res, next) => {
      json(who(req[property], req[property] && getAuth(req)), res);
      if (prefixed) next();
    });
  ours('/guarded');
  ours('/optional', { optional: true });
  ours('/named', { property: 'login' }, 'login');
  ours('/header', fromHeader);
  ours('/on-error', {
    onError: (error, _req, res) => {
      res.statusCode = 418;
      json({ code: error.code }, res);
    },
  });
  get('/unguarded', (req, res, next) => {
    try {
      json(getAuth(req), res);
    } catch (error) {
      res.statusCode = 500;
      res.end(error.message);
    }
    if (prefixed) next();
  });
  get('/later', guard(auth), (req, res, next) => {
    later(auth, req.auth.userId)
      .then((value) => json(value, res))
      .catch(maker === 'polka' ? (error) => fail(error, res) : next);
  });
  const drain = (req, _res, next) => (req.headers['x-drain'] ? req.on('end', () => next()).resume() : next());
  const parsed = (req, res, next) => (parse && req.headers['x-parse'] ? parse(req, res, next) : next());
  use('/auth', drain, parsed, routes(auth, { onLogin, ...(prefixed && { prefix: '/auth' }) }));
  const unparsed = (req, res, next) => (raw && req.headers['x-raw'] ? raw(req, res, next) : next());
  const ourPush = [drain, parsed, unparsed, push(auth, onMessage)];
  if (prefixed) for (const method of ['get', 'post', 'put']) app[method]('/push', ...ourPush);
  else use('/push', ...ourPush);
  return app;
}

function fail(error, res) {
  res.statusCode = error.status;
  res.end(error.message);
}

const listen = (app, port, ready) => {
  const server = app.listen(port, '127.0.0.1', () => ready((app.server || server).address().port));
};

module.exports = { create, idioms, listen };
