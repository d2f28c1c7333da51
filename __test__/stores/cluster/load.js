'use strict';

const { defer, isValid, login, refresh, until, within } = require('../../support');

/** No call may take longer: the deadline of 5 s, and a few more where the machine is busy. */
const LIMIT = 9000;

/**
 * What is known of one user's tokens from the answers that came, and what later answers contradict.
 *
 * @param writes whether the load refreshes this user
 * @param lossy  whether acknowledged changes may be lost or made by others; what died before that
 *   stays dead all the same
 */
function history(user, { live = null, dead = [], writes = true, lossy = false } = {}) {
  const ended = new Set(dead);
  const wrong = [];
  let sure = true;
  const is = {
    user,
    writes,
    lossy,
    wrong,
    live: () => live,
    dead: () => [...ended],
    refreshed(token) {
      if (ended.has(token) || token === live) wrong.push(`${user}: a refresh gave the old ${token}`);
      if (live !== null && !is.lossy) ended.add(live);
      live = token;
      sure = true;
    },
    /** A refresh failed: it may have been done, and may be done yet. */
    doubted() {
      sure = false;
    },
    loggedIn(token) {
      if (ended.has(token)) wrong.push(`${user}: a login gave the dead ${token}`);
      if (live !== null && live !== token && !is.lossy) {
        if (sure) wrong.push(`${user}: a login gave ${token}, but ${live} was live`);
        ended.add(live);
      }
      live = token;
    },
    checked(token, valid) {
      if (valid && ended.has(token)) wrong.push(`${user}: the dead ${token} is valid`);
      if (!valid && token === live && sure && !is.lossy) wrong.push(`${user}: the live ${token} is not valid`);
    },
  };
  return is;
}

/** What one user does in turn; those who do not write have a token already. */
async function act(app, wechat, past, turn) {
  const dead = past.dead();
  const check = async (token) => past.checked(token, await isValid(app, token));
  if (turn % 4 === 0) return past.loggedIn(await login(app, wechat, past.user));
  if (turn % 4 === 1 && past.writes) {
    return refresh(app, past.user).then(past.refreshed, (error) => {
      past.doubted();
      throw error;
    });
  }
  if (turn % 4 === 3 && dead.length > 0) return check(dead[turn % dead.length]);
  return past.live() === null ? undefined : check(past.live());
}

/**
 * Lets all users act, each one call after the other, until `stop`. In `seen`: calls that were
 * answered or failed, the longest time in ms in which none was answered, and what must not be.
 */
function startLoad(app, wechat, pasts) {
  const seen = { ok: 0, failed: 0, gap: 0, failures: new Set(), wrong: [] };
  const served = new Map(pasts.map((past) => [past.user, 0]));
  let last = Date.now();
  let over = false;
  const answered = () => {
    seen.gap = Math.max(seen.gap, Date.now() - last);
    last = Date.now();
  };

  async function lane(past) {
    for (let turn = 0; !over; turn += 1) {
      try {
        await within(LIMIT, act(app, wechat, past, turn), 'a call under load');
        seen.ok += 1;
        served.set(past.user, served.get(past.user) + 1);
        answered();
      } catch (error) {
        seen.failed += 1;
        if (error?.code === 6000) seen.failures.add(error.message);
        else seen.wrong.push(`${past.user}: ${error?.stack ?? error}`);
      }
    }
  }

  const lanes = pasts.map(lane);
  const end = () => {
    over = true;
    return within(2 * LIMIT, Promise.all(lanes), 'the last calls');
  };
  defer(end); // a test that fails in between
  return {
    seen,
    /** Waits until `count` more calls of each of `users` were answered. */
    async answers(count, users = pasts.map((past) => past.user)) {
      const before = new Map(served);
      await until(() => users.every((user) => served.get(user) >= before.get(user) + count), 30000);
    },
    /** Lets every user end the call they are in; `seen`, with what the histories found wrong. */
    async stop() {
      await end();
      answered();
      seen.wrong.push(...pasts.flatMap((past) => past.wrong));
      return { ...seen, failures: [...seen.failures] };
    },
  };
}

/** Gives every user a live token and a dead one. */
async function prepare(app, wechat, pasts) {
  for (const past of pasts) {
    past.loggedIn(await login(app, wechat, past.user));
    past.refreshed(await refresh(app, past.user));
  }
}

/**
 * What is wrong now that all is quiet again: every user can log in, with the token that is theirs,
 * and no dead token lives.
 */
async function verify(app, wechat, pasts) {
  const before = pasts.flatMap((past) => past.wrong.length);
  for (const past of pasts) {
    past.loggedIn(await login(app, wechat, past.user));
    for (const token of [past.live(), ...past.dead()]) past.checked(token, await isValid(app, token));
    if (!(await isValid(app, past.live()))) past.wrong.push(`${past.user}: what the login gave is not valid`);
  }
  return pasts.flatMap((past, i) => past.wrong.slice(before[i]));
}

const users = (count, name) => Array.from({ length: count }, (_, i) => `${name}${i}`);

module.exports = { LIMIT, history, startLoad, prepare, verify, users };
