'use strict';

// Guards as people write them without thinking, with `verify`, in every framework: nobody gets the
// secret without a live token.

const { describeEach, idiomsOf } = require('./frameworks');
const { INVALID, SECRET, setting, startServer } = require('./support');

const here = setting();

/** `next(session)` is an error to these frameworks: nobody comes in at all. */
const LETS_NOBODY_IN = ['.then(next, next)', '.then(done, done)'];

describeEach((name) => {
  const idioms = idiomsOf(name).map(([idiom], i) => [idiom, `/idiom/${i}`]);
  if (idioms.length === 0) return;

  let server;
  beforeAll(async () => {
    server = await startServer(name, here);
  });
  afterAll(() => expect(server.hasEnded()).toBe(false));

  test.each(idioms)('%s', async (idiom, path) => {
    const { token } = await here.auth.sessions.issue('o-1');
    const { status, text } = await server.ask('GET', path, { token });
    if (LETS_NOBODY_IN.includes(idiom)) expect(text).not.toContain(SECRET);
    else expect({ status, text }).toEqual({ status: 200, text: SECRET });

    for (const what of INVALID) {
      const refused = await server.ask('GET', path, { token: here.tokens[what] });
      expect({ what, status: refused.status }).toEqual({ what, status: 401 });
      expect(refused.text).not.toContain(SECRET);
    }
  });
});
