'use strict';

// The routes by which clients log in and see to their sessions: which there are, and what each
// answers.

const { Door, GUARD_OPTIONS, answer, errorAnswer, refusal, textOf } = require('./http.js');

const { token, onError } = GUARD_OPTIONS;
const ROUTE_OPTIONS = { token, onError, onLogin: 'function', prefix: 'string' };

/** `run` is given a Door and a call, and gives the body of the answer. */
const ROUTES = [
  { method: 'POST', path: '/login', run: login, status: 200 },
  { method: 'POST', path: '/renew', run: renew, status: 200 },
  { method: 'POST', path: '/logout', run: logout, status: 204 },
  { method: 'GET', path: '/sessions', run: list, status: 200 },
  { method: 'DELETE', path: '/sessions', run: revokeOthers, status: 204 },
  { method: 'DELETE', path: '/sessions/:id', run: revokeOne, status: 204 },
];

/** The Door of routes. Throws a TypeError for what cannot work. */
const routesOf = (auth, options) => new Door(auth, options, ROUTE_OPTIONS);

/**
 * The route of a request, and the parameter in its path. Where there is none, `allow` has the
 * methods that the path has.
 */
function find(method, path) {
  const [, plain, id] = /^(\/sessions)\/([^/]+)\/?$/.exec(path) || [];
  const wanted = plain ? `${plain}/:id` : path.replace(/(.)\/$/, '$1');
  const there = ROUTES.filter((route) => route.path === wanted);
  const route = there.find((each) => each.method === (method === 'HEAD' ? 'GET' : method));
  return { route, id: decoded(id), allow: there.map((each) => each.method) };
}

/** The path behind a prefix, without the query; undefined where the prefix is another. */
function pathBehind(prefix, url) {
  const [path] = url.split('?', 1);
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  return rest === '' || rest.startsWith('/') ? rest : undefined;
}

function decoded(text) {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch (_) {
    return text;
  }
}

/**
 * What a route answers. Rejects with what the client, the stores or the application's functions did
 * wrong. A call is what the route knows of a request:
 *
 * - `request`: what the application's functions are given
 * - `header(name)`: a header's text
 * - `body()`: a promise for the object in the body
 * - `id`: the parameter in the path
 */
async function run(door, { run: step, status }, call) {
  return answer(status, await step(door, call));
}

/** As `run`, for whatever path, where nobody else answers it. */
async function answerAll(door, method, path, call) {
  const { route, id, allow } = path === undefined ? { allow: [] } : find(method, path);
  if (route) return run(door, route, { ...call, id });
  if (allow.length === 0) return errorAnswer(refusal(404, 'There is nothing here'));
  const { status, headers, text } = errorAnswer(refusal(405, `The method must be ${allow.join(' or ')}`));
  return { status, headers: { ...headers, Allow: allow.join(', ') }, text };
}

const tokenOf = (door, { request, header }) => door.tokenOf(request, header('authorization'));

async function login(door, call) {
  const { code, device } = await call.body();
  const name = device === undefined || device === null ? textOf(call.header('user-agent')) : device;
  const replace = await tokenOf(door, call);
  const options = {};
  if (name !== '') options.device = name;
  if (replace !== undefined) options.replace = replace;
  const made = await door.auth.login(code, options);
  if (!door.options.onLogin) return loginReply(made);
  try {
    const fields = await door.options.onLogin({ ...made }, call.request);
    const reply = { ...loginReply(made), ...(typeof fields === 'object' ? fields : {}), token: made.token };
    return JSON.parse(JSON.stringify(reply)); // throws here, where it ends the session
  } catch (reason) {
    await door.auth.sessions.revoke(made.token).catch(() => {});
    throw reason;
  }
}

async function renew(door, call) {
  const old = await tokenOf(door, call);
  if (typeof old !== 'string') await door.verify(old);
  return loginReply(await door.auth.sessions.rotate(old));
}

/** `isNewUser` is left out where it is not known. */
const loginReply = ({ token: made, userId, expiresAt, isNewUser }) => ({ token: made, userId, expiresAt, isNewUser });

/** A session that has ended before needs no end: the client is logged out. */
async function logout(door, call) {
  const old = await tokenOf(door, call);
  if (old !== undefined) await door.auth.sessions.revoke(old);
}

async function list(door, call) {
  const current = await tokenOf(door, call);
  const { userId } = await door.verify(current);
  const found = await door.auth.sessions.list(userId, { current });
  return { sessions: found.map(({ openId, ...session }) => session) };
}

async function revokeOthers(door, call) {
  const except = await tokenOf(door, call);
  const { userId } = await door.verify(except);
  await door.auth.sessions.revokeUser(userId, { except });
}

async function revokeOne(door, call) {
  const { userId } = await door.verify(await tokenOf(door, call));
  const isEnded = await door.auth.sessions.revokeById(userId, call.id);
  if (!isEnded) throw refusal(404, 'There is no such session');
}

module.exports = { ROUTES, answerAll, find, pathBehind, routesOf, run };
