'use strict';

// What no error can make right: an async middleware where the framework does not look at its
// promise, and polka 0.5, which takes an error's `code` for a status. Nobody comes in there either.

const { SECRET, setting, startServer } = require('./support');

const here = setting();

const BARE = 'async, without a wrapper';

test.each([
  ['Express 4', BARE],
  ['connect', BARE],
  ['polka 0.5', '.then(() => next()).catch(next)'],
])('%s ends with a guard of the kind: %s', async (name, only) => {
  const server = await startServer(name, { ...here, only });
  const { token } = await here.auth.sessions.issue('o-1');
  expect(await server.ask('GET', '/idiom/0', { token })).toMatchObject({ status: 200, text: SECRET });
  const answer = await server.ask('GET', '/idiom/0', { token: 'garbage' }).catch((error) => error);
  expect(answer.code).toBe('ECONNRESET'); // the connection ended, and nothing came
  expect((await server.exit).stderr).toMatch(name === 'polka 0.5' ? /RangeError.*6007/ : /6007/);
});

test('our guard is right in all of them', async () => {
  for (const name of ['Express 4', 'connect', 'polka 0.5']) {
    const server = await startServer(name, here);
    expect((await server.ask('GET', '/guarded', { token: 'garbage' })).status).toBe(401);
    expect(server.hasEnded()).toBe(false);
  }
});
