'use strict';

// The access token by the application's own function, and for the application's own use.

const { AsyncLocalStorage } = require('node:async_hooks');
const { atOnce, pause, rejection, seen, SECRET, told, within } = require('../support');
const { NUMBER, PHONE, STABLE_TOKEN, ownWeChat } = require('./support');

const here = ownWeChat();

const ANY = '/any/path';
const REFUSED = { errcode: 40001, errmsg: 'invalid credential' };

/** An object with this function, and what the function was called with. */
function open(accessToken, given) {
  const calls = [];
  const hook = (...args) => {
    calls.push(args);
    return accessToken(...args);
  };
  const app = here.open({ options: { wechat: { accessToken: hook, ...given }, sessionKeys: true }, db: new Set() });
  return { app, calls };
}

/** A token of the application's token server, which WeChat takes. */
const issued = () => here.wechat.accessToken().access_token;

const explode = () => {
  throw new Error('it broke when it was awaited');
};

async function failure(promise, said, wanted) {
  const error = await rejection(promise);
  expect(error).toMatchObject({ name: 'MpauthxError', code: 6008, status: 503, ...wanted });
  expect(told(error)).toMatch(said);
  return error;
}

describe('options.wechat.accessToken', () => {
  test('gives the token of every request, and WeChat is never asked for one', async () => {
    const token = issued();
    const { app, calls } = open(async () => token);
    const { token: session } = await app.login(here.wechat.user({ openId: 'o1' }).code);
    expect(calls).toStrictEqual([]);
    expect(await app.wechat.getPhoneNumber(here.wechat.phone())).toEqual(NUMBER);
    expect(await app.wechat.checkSession(session)).toBe(true);
    here.wechat.interrupt(ANY, { errcode: 0 });
    await app.wechat.request(ANY);
    expect(await app.wechat.accessToken()).toBe(token);
    expect(calls).toStrictEqual(Array(4).fill([{}]));
    expect(here.count(STABLE_TOKEN)).toBe(0);
    expect(here.wechat.requests.slice(1).map(({ query }) => query.access_token)).toEqual([token, token, token]);
  });

  test('gives it at once or later, and needs no secret', async () => {
    const token = issued();
    const app = here.open({ secret: null, options: { wechat: { accessToken: () => token } } });
    expect(await app.wechat.getPhoneNumber(here.wechat.phone())).toEqual(NUMBER);
    const later = open(() => pause(100).then(() => token)).app;
    expect(await later.wechat.getPhoneNumber(here.wechat.phone())).toEqual(NUMBER);
  });

  test('is told which token WeChat has refused, and asked once more', async () => {
    const old = issued();
    here.wechat.revokeAccessTokens();
    let current = old;
    const { app, calls } = open(async ({ invalid }) => {
      if (invalid === current) current = issued();
      return current;
    });
    expect(await app.wechat.getPhoneNumber(here.wechat.phone())).toEqual(NUMBER);
    expect(calls).toStrictEqual([[{}], [{ invalid: old }]]);
    expect(await app.wechat.accessToken({ invalid: old })).toBe(current);
    expect(calls).toHaveLength(3);
  });

  test('that gives the same again is an error, and no loop', async () => {
    const { app, calls } = open(async () => 'the-same');
    here.wechat.interrupt(ANY, REFUSED, REFUSED);
    await failure(app.wechat.request(ANY), /gave again the access token/, { retryable: true });
    expect(calls).toStrictEqual([[{}], [{ invalid: 'the-same' }]]);
    await failure(app.wechat.accessToken({ invalid: 'the-same' }), /gave again/);
    expect(here.count(ANY)).toBe(1);
  });

  test('that gives another which is refused too is an error, and no loop', async () => {
    let last = 0;
    const { app, calls } = open(async () => {
      last += 1;
      return `token-${last}`;
    });
    here.wechat.interrupt(ANY, REFUSED, REFUSED, { errcode: 0 });
    await failure(app.wechat.request(ANY), /access token is not valid/, { status: 502, errcode: 40001 });
    expect(calls).toStrictEqual([[{}], [{ invalid: 'token-1' }]]);
    expect(here.count(ANY)).toBe(2);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('the server is down');
      },
      /the server is down/,
    ],
    ['rejects', () => Promise.reject(new Error('the server is down')), /the server is down/],
    ['rejects with text', () => Promise.reject('down'), /down/],
    ['rejects with nothing', () => Promise.reject(), /./],
    [
      'throws what throws',
      () => {
        throw new Proxy(
          {},
          {
            get: () => {
              throw new Error();
            },
          },
        );
      },
      /./,
    ],
    ['gives nothing', () => undefined, /must return the access token as text/],
    ['gives null', async () => null, /must return/],
    ['gives no text', async () => '', /must return/],
    ['gives a number', async () => 7, /must return/],
    ['gives WeChat’s reply', async () => ({ access_token: 'x', expires_in: 7200 }), /must return/],
    ['gives a list', async () => ['x'], /must return/],
    ['gives text of two lines', async () => 'a\r\nHost: evil', /must return/],
    ['gives text with blanks', async () => 'a b', /must return/],
    ['gives too much', async () => 'x'.repeat(2049), /must return/],
    [
      'gives what is awaited and throws',
      () => Object.defineProperty({}, 'then', { get: explode }),
      /when it was awaited/,
    ],
  ])('that %s is 6008, and nothing is sent', async (_how, accessToken, said) => {
    const { app, calls } = open(accessToken);
    const ask = [
      () => app.wechat.request(ANY),
      () => app.wechat.getPhoneNumber(here.wechat.phone()),
      () => app.wechat.accessToken(),
    ];
    for (const call of ask) await failure(call(), said, { retryable: false });
    expect(calls).toHaveLength(3);
    expect(here.wechat.requests).toEqual([]);
  });

  test('that throws the token which it was told tells no one', async () => {
    const { app } = open(async ({ invalid }) => {
      throw new Error(`cannot replace ${invalid}: the server is down`);
    });
    const error = await failure(app.wechat.accessToken({ invalid: 'the-refused-token' }), /replace \*\*\*: the server/);
    expect(error.cause.stack).not.toContain('the-refused-token');
  });

  test('that hangs is given up in time, and is asked anew by the next', async () => {
    const answers = [() => new Promise(() => {}), () => issued()];
    const { app } = open(() => answers.shift()(), { timeout: 400 });
    await within(5000, failure(app.wechat.request(ANY), /accessToken did not answer within 400 ms/));
    expect(await app.wechat.getPhoneNumber(here.wechat.phone())).toEqual(NUMBER);
  });

  test('runs in the context of the call', async () => {
    const context = new AsyncLocalStorage();
    const seenIn = [];
    const { app } = open(async () => {
      seenIn.push(context.getStore());
      return issued();
    });
    await Promise.all([1, 2].map((id) => context.run(id, () => app.wechat.accessToken())));
    expect(seenIn.sort()).toEqual([1, 2]);
  });

  test('sends a token with any letters as it is', async () => {
    const odd = `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`;
    const { app } = open(() => odd);
    here.wechat.interrupt(ANY, { errcode: 0 });
    await app.wechat.request(ANY);
    expect(here.wechat.requestsOf(ANY)[0].query).toEqual({ access_token: odd });
  });
});

describe('wechat.accessToken', () => {
  test('gives the token that all share, which WeChat takes', async () => {
    const app = here.open();
    const tokens = await atOnce(100, () => app.wechat.accessToken());
    expect(new Set(tokens)).toEqual(new Set(here.wechat.accessTokens()));
    expect(await app.wechat.getPhoneNumber(here.wechat.phone())).toEqual(NUMBER);
    expect(here.wechat.requestsOf(PHONE)[0].query.access_token).toBe(tokens[0]);
    expect(here.count(STABLE_TOKEN)).toBe(1);
  });

  test('renews the one that other code says WeChat has refused, once', async () => {
    const app = here.open();
    const invalid = await app.wechat.accessToken();
    const next = await app.wechat.accessToken({ invalid });
    expect(next).not.toBe(invalid);
    for (const other of [{ invalid }, {}, undefined, null, { invalid: null }]) {
      expect(await app.wechat.accessToken(other)).toBe(next);
    }
    expect(here.wechat.requestsOf(STABLE_TOKEN).map(({ json }) => json.force_refresh)).toEqual([false, false, true]);
  });

  test.each([[{ invalid: '' }], [{ invalid: 7 }], [{ force: true }], ['token'], [[]]])(
    'refuses %j',
    async (options) => {
      expect(seen(await rejection(here.open().wechat.accessToken(options)))).toEqual({
        code: 6001,
        message: expect.stringMatching(/option/),
      });
      expect(here.wechat.requests).toEqual([]);
    },
  );

  test('tells WeChat’s refusal', async () => {
    const app = here.open({ secret: `${SECRET}x` });
    await failure(app.wechat.accessToken(), /check the app secret/, { status: 500, errcode: 40125 });
  });
});
