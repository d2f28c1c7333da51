'use strict';

// One user with a few devices, who knows which of their tokens live: what was answered while the
// store was away, they do not know, and let go of.

const { pause } = require('../support');

/** So many devices at most; so many dead tokens are remembered. */
const DEVICES = 4;
const REMEMBERED = 20;

/** For so long a call that failed may still take effect, in milliseconds. */
const LATE = 5000;

/** What may be answered while something is away. */
const AWAY = [503];

/**
 * @param ask   makes a request: (method, path, { token, body }) → { status, body }
 * @param code  () → a login code of this user
 * @param wrong is told what must not be
 */
function createVisitor({ user, random, ask, code, wrong }) {
  const live = [];
  const dead = [];

  const forget = (token) => live.splice(0, live.length, ...live.filter((other) => other !== token));
  const bury = (token) => {
    forget(token);
    dead.push(token);
    if (dead.length > REMEMBERED) dead.shift();
  };

  /** Whether an answer is one of those that may be; where the store was away, nobody knows more. */
  function expect(what, { status, body }, ...statuses) {
    if (statuses.includes(status)) return true;
    if (!AWAY.includes(status)) wrong(`${user}: ${what}: ${status} ${JSON.stringify(body)}`);
    return false;
  }

  const ACTS = {
    async login() {
      if (live.length >= DEVICES) return ACTS.logout();
      const answer = await ask('POST', '/auth/login', { body: { code: code() } });
      if (expect('a login', answer, 200)) live.push(answer.body.token);
    },

    async enter() {
      const token = random.pick(live);
      const answer = await ask('GET', '/me', { token });
      if (expect('a live token', answer, 200) && answer.body.userId !== user)
        wrong(`${user}: is ${answer.body.userId}`);
    },

    async intrude() {
      if (dead.length > 0) expect('a dead token', await ask('GET', '/me', { token: random.pick(dead) }), 401);
    },

    /** The old token is in its grace, and its use after that would end the session. */
    async renew() {
      const token = random.pick(live);
      const answer = await ask('POST', '/auth/renew', { token });
      forget(token);
      if (expect('a renewal', answer, 200)) live.push(answer.body.token);
    },

    async logout() {
      const token = random.pick(live);
      const answer = await ask('POST', '/auth/logout', { token });
      if (expect('a logout', answer, 204)) bury(token);
      else forget(token);
    },

    async endOthers() {
      const token = random.pick(live);
      const answer = await ask('DELETE', '/auth/sessions', { token });
      const isDone = expect('the end of others', answer, 204);
      if (isDone) for (const other of live.filter((each) => each !== token)) bury(other);
      if (isDone) return;
      // It may take effect yet, and then end what begins meanwhile.
      live.length = 0;
      await pause(LATE);
    },

    async list() {
      const answer = await ask('GET', '/auth/sessions', { token: random.pick(live) });
      if (!expect('a list', answer, 200)) return;
      // There may be some whose login was answered too late.
      if (answer.body.sessions.length < live.length)
        wrong(`${user}: ${live.length} live, ${answer.body.sessions.length} listed`);
    },
  };
  const NAMES = ['login', 'login', 'enter', 'enter', 'enter', 'enter', 'intrude', 'intrude', 'renew', 'logout'];
  NAMES.push('endOthers', 'list', 'list');

  return {
    act: () => (live.length === 0 ? ACTS.login() : ACTS[random.pick(NAMES)]()),
    token: () => random.pick(live),
  };
}

module.exports = { createVisitor };
