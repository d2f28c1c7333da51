'use strict';

// For Express 4 and 5, and what calls middleware as Express does: connect, polka, restify.

const { nodeBody, nodeBytes } = require('../http-body.js');
const { Door, errorAnswer, errorOf, getAuth } = require('../http.js');
const { MAX_BYTES, Push } = require('../http-push.js');
const { find, pathBehind, routesOf, run } = require('../http-routes.js');

/** A middleware that lets in who is logged in, and answers everybody else. */
function guard(auth, options) {
  const door = new Door(auth, options);
  return (req, res, next) => {
    const pass = (session) => {
      req[door.property] = session;
      next();
    };
    const header = req.headers.authorization;
    const known = door.known(req, header);
    if (known) return pass(known);
    door.enter(req, header).then(pass, (reason) => refuse(door, reason, req, res, next));
  };
}

/** A middleware with the routes for clients. What it has no route for goes on. */
function routes(auth, options) {
  const door = routesOf(auth, options);
  return (req, res, next) => {
    const path = pathBehind(door.prefix, req.url);
    const { route, id } = path === undefined ? {} : find(req.method, path);
    if (!route) return next();
    const call = {
      request: req,
      header: (name) => req.headers[name],
      body: () => nodeBody(req.headers, req.body, req),
      id,
    };
    run(door, route, call).then(
      (answer) => send(res, answer),
      (reason) => refuse(door, reason, req, res, next),
    );
  };
}

/** A middleware that gives the handler what WeChat pushes, and answers every request. */
function push(auth, handler, options) {
  const door = new Push(auth, handler, options);
  return (req, res, next) => {
    const call = {
      request: req,
      url: req.originalUrl || req.url,
      body: () => nodeBytes(req.headers, [req.rawBody, req.body], req, MAX_BYTES),
    };
    door.answer(req.method, call).then(
      (answer) => send(res, answer),
      (reason) => refuse(door, reason, req, res, next),
    );
  };
}

async function refuse(door, reason, req, res, next) {
  const { onError } = door.options;
  if (!onError) return send(res, errorAnswer(reason));
  try {
    await onError(errorOf(reason), req, res, next);
  } catch (failure) {
    send(res, errorAnswer(failure));
  }
}

function send(res, { status, headers, text }) {
  if (res.headersSent || res.writableEnded) return;
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(text);
}

module.exports = { getAuth, guard, push, routes };
