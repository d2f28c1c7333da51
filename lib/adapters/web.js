'use strict';

// For whatever speaks the Fetch API: Next.js (its Node runtime), bun, deno.

const { webBody, webBytes } = require('../http-body.js');
const { Door, errorAnswer, errorOf, getAuth } = require('../http.js');
const { MAX_BYTES, Push } = require('../http-push.js');
const { answerAll, pathBehind, routesOf } = require('../http-routes.js');

/**
 * A handler of requests that calls `handler(request, session, ...rest)` for who is logged in, and
 * answers everybody else. What `handler` throws is its own.
 */
function guard(auth, handler, options) {
  const door = new Door(auth, options);
  if (typeof handler !== 'function') throw new TypeError('The second argument must be the handler that is guarded');
  return async (request, ...rest) => {
    let session;
    try {
      session = await enter(door, request);
    } catch (reason) {
      return refuse(door, reason, request);
    }
    return handler(request, session, ...rest);
  };
}

/** The session of who sent a request. Rejects with an Error where nobody is logged in. */
async function authenticate(auth, request, options) {
  return enter(new Door(auth, options), request);
}

/** A handler with the routes for clients, which answers every request. */
function routes(auth, options) {
  const door = routesOf(auth, options);
  return async (request) => {
    const call = { request, header: (name) => request.headers.get(name), body: () => webBody(request) };
    try {
      const path = pathBehind(door.prefix, new URL(request.url).pathname);
      return response(await answerAll(door, request.method, path, call));
    } catch (reason) {
      return refuse(door, reason, request);
    }
  };
}

/** A handler that gives the application's what WeChat pushes, and answers every request. */
function push(auth, handler, options) {
  const door = new Push(auth, handler, options);
  return async (request) => {
    const call = { request, url: request.url, body: () => webBytes(request, undefined, MAX_BYTES) };
    try {
      return response(await door.answer(request.method, call));
    } catch (reason) {
      return refuse(door, reason, request);
    }
  };
}

const enter = (door, request) => door.enter(request, request.headers.get('authorization'));

/** What `onError` gives, or else the answer to an error. */
async function refuse(door, reason, request) {
  const given = door.options.onError && (await door.options.onError(errorOf(reason), request));
  return given || response(errorAnswer(reason));
}

function response({ status, headers, text }) {
  return new Response(text, { status, headers });
}

module.exports = { authenticate, getAuth, guard, push, refuse, response, routes };
