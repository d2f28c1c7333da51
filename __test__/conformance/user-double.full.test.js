'use strict';

const { createApp, rejection, startFakeWeChat, within } = require('../support');
const { login } = require('./support');

const LIMIT = 15000;

test.each([
  ['all', { all: () => {}, run: (_sql, callback) => callback(null) }],
  ['run', { all: (_sql, callback) => callback(null, []), run: () => {} }],
])(
  'a user object whose %s never calls back is 6000 within seconds',
  async (_name, db) => {
    const wechat = await startFakeWeChat();
    const app = createApp({ wechat, db });
    const error = await within(LIMIT, rejection(login(app, wechat, 'o1')), 'the login');
    expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(/^Error: /) });
  },
  2 * LIMIT,
);

test('a refresh by a user object that never calls back is 6000 within seconds', async () => {
  const app = createApp({ db: { all: () => {}, run: () => {} } });
  const error = await within(LIMIT, rejection(app.refreshToken('o1')), 'the refresh');
  expect(error).toMatchObject({ code: 6000, message: expect.stringMatching(/^Error: /) });
}, 30000);
