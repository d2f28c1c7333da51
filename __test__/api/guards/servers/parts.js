'use strict';

// What the servers of all frameworks have in common. Each answers, on GET:
//
//   /idiom/<number>  SECRET, behind a guard as people write them
//   /guarded         { userId, seen }, by the property and by getAuth, behind our guard
//   /optional        the same, behind one that is optional
//   /named           the same, from another property
//   /header          the same, with the token from X-Token
//   /on-error        418 with the error's code, by onError, where there is such an option
//   /unguarded       getAuth without a guard
//   /later           how many sessions there are, asked for some time after the guard
//
// has our routes behind /auth, and takes what WeChat pushes at /push. Before them a request with
// X-Parse passes the framework's parser of bodies, where that is no part of the framework itself,
// one with X-Raw a parser that leaves bytes, where there is one, and one with X-Drain loses its
// body to somebody who keeps nothing.

const SECRET = 'the-secret-of-the-handler';

/** How long /later waits before it asks the store, in milliseconds. */
const LATER = 400;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The token as people take it from a header. */
const bearer = (header) => (header || '').replace(/^Bearer /i, '');

const fromHeader = { token: (request) => (request.headers || request.req.headers)['x-token'] };

/** What an application does after a login, by the user. */
function onLogin({ userId }) {
  if (userId === 'o-fields') return { vip: true, token: 'another one' };
  if (userId === 'o-banned') throw Object.assign(new Error('This account is closed'), { status: 403 });
  if (userId === 'o-bug') throw new Error('SELECT phone FROM users');
  if (userId === 'o-bigint') return { coins: 1n };
  if (userId === 'o-text') return 'text';
}

/** What stands in WeChat's console. */
const PUSH = { token: 'PushToken0123456789', encodingAESKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };

const failed = new Set();

/** What an application does with a message, by its event: fails once, replies, or says nothing. */
async function onMessage(message, request) {
  if (typeof request !== 'object') throw new Error('no request');
  if (message.Event === 'reply') return JSON.stringify(message);
  if (message.Event === 'fail' && !failed.has(message.Nr)) {
    failed.add(message.Nr);
    throw Object.assign(new Error('SELECT phone FROM users'), { status: 404, statusCode: 404 });
  }
  return message.Event === 'number' ? 7 : undefined;
}

/** What /later answers. */
async function later(auth, userId) {
  await pause(LATER);
  return { count: (await auth.sessions.list(userId)).length };
}

const who = (session, seen) => ({ userId: session ? session.userId : null, seen: seen ? seen.userId : null });

module.exports = { LATER, PUSH, SECRET, bearer, fromHeader, later, onLogin, onMessage, pause, who };
