'use strict';

// For Koa 2 and 3, and what is made of it: Egg, Midway.

const { nodeBody, nodeBytes } = require('../http-body.js');
const { Door, errorAnswer, errorOf, getAuth } = require('../http.js');
const { MAX_BYTES, Push } = require('../http-push.js');
const { find, pathBehind, routesOf, run } = require('../http-routes.js');

/** A middleware that lets in who is logged in, and answers everybody else. */
function guard(auth, options) {
  const door = new Door(auth, options);
  return async (ctx, next) => {
    try {
      ctx.state[door.property] = await door.enter(ctx, ctx.get('authorization'));
    } catch (reason) {
      return refuse(door, reason, ctx);
    }
    return next();
  };
}

/** A middleware with the routes for clients, behind `prefix`. What it has no route for goes on. */
function routes(auth, options) {
  const door = routesOf(auth, options);
  if (door.options.prefix === undefined) throw new TypeError("Missing option prefix, such as '/auth'");
  return async (ctx, next) => {
    const path = pathBehind(door.prefix, ctx.path);
    const { route, id } = path === undefined ? {} : find(ctx.method, path);
    if (!route) return next();
    const call = {
      request: ctx,
      header: (name) => ctx.get(name),
      body: () => nodeBody(ctx.headers, ctx.request.body, ctx.req),
      id,
    };
    try {
      send(ctx, await run(door, route, call));
    } catch (reason) {
      await refuse(door, reason, ctx);
    }
  };
}

/** A middleware that gives the handler what WeChat pushes, and answers every request. */
function push(auth, handler, options) {
  const door = new Push(auth, handler, options);
  return async (ctx) => {
    const { rawBody, body } = ctx.request;
    const call = {
      request: ctx,
      url: ctx.url,
      body: () => nodeBytes(ctx.headers, [rawBody, body], ctx.req, MAX_BYTES),
    };
    try {
      send(ctx, await door.answer(ctx.method, call));
    } catch (reason) {
      await refuse(door, reason, ctx);
    }
  };
}

/** Answers, which `onError` may change. What that throws is Koa's, as from any middleware. */
async function refuse(door, reason, ctx) {
  send(ctx, errorAnswer(reason));
  if (door.options.onError) await door.options.onError(errorOf(reason), ctx);
}

function send(ctx, { status, headers, text }) {
  ctx.status = status;
  ctx.body = text === undefined ? null : text;
  ctx.set(headers);
  ctx.status = status;
}

module.exports = { getAuth, guard, push, routes };
