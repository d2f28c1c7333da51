'use strict';

const { createApp, everybody, within } = require('../support');

test('health() says that a database object does not answer, within bounded time', async () => {
  const app = createApp({ db: { ...everybody(), all: () => {} } });
  const { users } = await within(20000, app.health(), 'health');
  expect(users).toStrictEqual({
    kind: 'object',
    ready: false,
    error: expect.stringMatching(/^Error: .*did not answer/),
  });
});
