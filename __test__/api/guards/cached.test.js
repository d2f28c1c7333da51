'use strict';

// Guards whose checks are cached: they answer at once, and let nobody in whom the others would not.

const express = require('../../../lib/adapters/express');
const fastify = require('../../../lib/adapters/fastify');
const { until } = require('../../support');
const { makeAuth, setting } = require('./support');

const here = setting();
const open = () => makeAuth(here, { tokens: here.redis.url, cache: { maxAge: 600000 } });

/** What a guard does with a request: `{ session, error, isAtOnce }`. */
const GUARDS = {
  express: (auth, options) => (request) =>
    new Promise((resolve) => {
      let isAtOnce = true;
      const refuse = (error) => resolve({ error });
      const middleware = express.guard(auth, { onError: refuse, ...options });
      middleware(request, {}, () => resolve({ session: request.auth, isAtOnce }));
      isAtOnce = false;
    }),

  fastify: (auth, options) => (request) =>
    new Promise((resolve) => {
      let isAtOnce = true;
      const reply = { headers() {} };
      fastify.guard(auth, options)(request, reply, (error) =>
        resolve(error ? { error } : { session: request.auth, isAtOnce }),
      );
      isAtOnce = false;
    }),
};

const requestOf = (token) => ({ headers: { authorization: `Bearer ${token}` } });

describe.each(Object.entries(GUARDS))('a guard of %s', (_name, guard) => {
  /** A live token of an object, of which the cache knows the session. */
  async function known(auth) {
    const { token } = await auth.sessions.issue('o-1');
    const pass = guard(auth);
    await until(async () => (await pass(requestOf(token))).isAtOnce);
    return token;
  }

  test('answers at once where the session is cached, each time with an object of its own', async () => {
    const auth = open();
    const token = await known(auth);
    const first = await guard(auth)(requestOf(token));
    expect(first).toMatchObject({ isAtOnce: true, session: { userId: 'o-1' } });
    first.session.userId = 'o-2';
    expect(await guard(auth)(requestOf(token))).toMatchObject({ isAtOnce: true, session: { userId: 'o-1' } });
  });

  test('remembers the session for getAuth', async () => {
    const auth = open();
    const request = requestOf(await known(auth));
    const { session } = await guard(auth)(request);
    expect(express.getAuth(request)).toBe(session);
  });

  test('refuses the token once it is ended, by whatever object of the process', async () => {
    const [auth, other] = [open(), open()];
    for (const ender of [auth, other]) {
      const token = await known(auth);
      await ender.sessions.revoke(token);
      expect((await guard(auth)(requestOf(token))).error).toMatchObject({ status: 401 });
    }
  });

  test('counts as a check that was answered from memory', async () => {
    const auth = open();
    const token = await known(auth);
    const before = auth.stats().ways.cache;
    for (let i = 0; i < 5; i += 1) await guard(auth)(requestOf(token));
    expect(auth.stats().ways.cache - before).toBe(5);
  });

  test('with `fresh`, other skus, or a function that finds the token, asks as it is told to', async () => {
    const auth = open();
    const token = await known(auth);
    expect(await guard(auth, { fresh: true })(requestOf(token))).toMatchObject({ isAtOnce: false });
    expect((await guard(auth, { skus: ['other'] })(requestOf(token))).error).toMatchObject({ status: 401 });
    expect(await guard(auth, { skus: ['other', 'shop'] })(requestOf(token))).toMatchObject({ isAtOnce: true });
    expect((await guard(auth, { skus: {} })(requestOf(token))).error).toBeInstanceOf(Error);
    const elsewhere = guard(auth, { token: async () => 'garbage' });
    expect((await elsewhere(requestOf(token))).error).toMatchObject({ status: 401 });
  });

  test("asks a `verify` of the application's own", async () => {
    const auth = open();
    const token = await known(auth);
    const blocked = () => Promise.reject(Object.assign(new Error('blocked'), { status: 403 }));
    for (const wrapped of [{ ...auth, verify: blocked }, Object.assign(Object.create(auth), { verify: blocked })]) {
      expect((await guard(wrapped)(requestOf(token))).error).toMatchObject({ status: 403 });
    }
    auth.verify = blocked;
    expect((await guard(auth)(requestOf(token))).error).toMatchObject({ status: 403 });
  });

  test('lets nobody in after close()', async () => {
    const auth = open();
    const token = await known(auth);
    const closing = auth.close();
    expect((await guard(auth)(requestOf(token))).error).toBeInstanceOf(Error);
    await closing;
    expect((await guard(auth)(requestOf(token))).error).toBeInstanceOf(Error);
  });
});
