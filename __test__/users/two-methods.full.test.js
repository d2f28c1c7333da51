'use strict';

const { createApp, login, rejection, startFakeWeChat, until, within } = require('../support');

const LIMIT = 15000;

const silent = () => {};
const pending = () => new Promise(silent);
const TOO_LATE = { code: 6000, message: expect.stringMatching(/^Error: /) };

const SILENT = [
  ['all never calls back', { all: silent, run: (_sql, callback) => callback(null) }],
  ['run never calls back', { all: (_sql, callback) => callback(null, []), run: silent }],
  ['has never answers', { has: pending, add: silent }],
  ['add never answers', { has: () => false, add: pending }],
];

// All at once, for each takes as long as the library waits.
test(
  'a user object that never answers is 6000 within seconds',
  async () => {
    const wechat = await startFakeWeChat();
    const calls = SILENT.flatMap(([name, db]) => {
      const app = createApp({ wechat, db });
      const isFirst = /^(all|has)/.test(name);
      const refresh = isFirst ? [[`a refresh: ${name}`, app.refreshToken('o1')]] : [];
      return [[`a login: ${name}`, login(app, wechat, 'o1')], ...refresh];
    });
    const errors = calls.map(async ([name, call]) => [name, await within(LIMIT, rejection(call), name)]);
    expect(await Promise.all(errors)).toEqual(calls.map(([name]) => [name, expect.objectContaining(TOO_LATE)]));
  },
  2 * LIMIT,
);

test('a user store that answers too late does no harm to the next calls', async () => {
  const answers = [];
  const has = (userId) => new Promise((resolve, reject) => answers.push({ userId, resolve, reject }));
  const app = createApp({ db: { has, add: silent } });
  expect(await within(LIMIT, rejection(app.refreshToken('o1')), 'the refresh')).toMatchObject(TOO_LATE);
  const next = [rejection(app.refreshToken('o1')), app.refreshToken('o2')];
  await until(() => answers.length === 3);
  const [late, ...asked] = answers;
  late.reject(new Error('too late'));
  for (const { userId, resolve } of asked) resolve(userId === 'o2');
  expect(await next[0]).toMatchObject({ code: 6010 });
  expect((await next[1]).response).toMatch(/^o2\|/);
}, 30000);
