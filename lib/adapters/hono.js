'use strict';

// For Hono 4.

const { webBody, webBytes } = require('../http-body.js');
const { Door, getAuth } = require('../http.js');
const { MAX_BYTES, Push } = require('../http-push.js');
const { find, pathBehind, routesOf, run } = require('../http-routes.js');
const { refuse, response } = require('./web.js');

/** A middleware that lets in who is logged in, and answers everybody else. */
function guard(auth, options) {
  const door = new Door(auth, options);
  return async (c, next) => {
    let session;
    try {
      session = await door.enter(c, c.req.header('authorization'));
    } catch (reason) {
      return refuse(door, reason, c);
    }
    c.set(door.property, session);
    return next();
  };
}

/** A middleware with the routes for clients, behind `prefix`. What it has no route for goes on. */
function routes(auth, options) {
  const door = routesOf(auth, options);
  if (door.options.prefix === undefined) throw new TypeError("Missing option prefix, such as '/auth'");
  return async (c, next) => {
    const path = pathBehind(door.prefix, c.req.path);
    const { route, id } = path === undefined ? {} : find(c.req.method, path);
    if (!route) return next();
    const call = {
      request: c,
      header: (name) => c.req.header(name),
      body: () => webBody(c.req.raw, () => c.req.text()),
      id,
    };
    try {
      return response(await run(door, route, call));
    } catch (reason) {
      return refuse(door, reason, c);
    }
  };
}

/** A handler that gives the application's what WeChat pushes, and answers every request. */
function push(auth, handler, options) {
  const door = new Push(auth, handler, options);
  return async (c) => {
    const body = () => webBytes(c.req.raw, () => c.req.text(), MAX_BYTES);
    try {
      return response(await door.answer(c.req.method, { request: c, url: c.req.url, body }));
    } catch (reason) {
      return refuse(door, reason, c);
    }
  };
}

module.exports = { getAuth, guard, push, routes };
