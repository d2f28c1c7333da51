'use strict';

// Requests that are refused before anything is sent.

const { rejection } = require('../support');
const { ownWeChat } = require('./support');

const ANY = '/any/path';

/**
 * A WeChat, and an object `here.app` whose access token the application gives. `here.refused(args,
 * said)` calls `request`, which has to fail with one of our own errors, and nobody may be asked.
 */
function refusedRequests() {
  const here = ownWeChat();
  let asked;
  beforeEach(() => {
    asked = 0;
    const accessToken = async () => {
      asked += 1;
      return 'the-shared-token';
    };
    here.app = here.open({ options: { wechat: { accessToken } } });
  });

  here.refused = async (args, said = /./) => {
    const error = await rejection(here.app.wechat.request(...args));
    expect(error).toBeInstanceOf(Error);
    if (!(error instanceof TypeError)) expect(error).toMatchObject({ name: 'MpauthxError', code: 6001, status: 400 });
    expect(error.message).toMatch(said);
    expect([here.wechat.requests, asked]).toEqual([[], 0]);
  };
  return here;
}

const explode = () => {
  throw new Error('what the test threw');
};

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Whether `value` may be options, or is none at all. */
const isObject = (value) => {
  try {
    return value === undefined || value === null || Object.prototype.toString.call(value) === '[object Object]';
  } catch (_) {
    return false;
  }
};

module.exports = { ANY, explode, isObject, refusedRequests, revoked };
