'use strict';

// A file of tests for a jest of its own, which looks for what its tests leave open. What
// OPEN_HANDLES in the environment holds, as JSON: the folder of the package, the URL of a redis, an
// empty folder, the endpoint of a fake WeChat, the package better-sqlite3, and whether to close.

const path = require('node:path');

const { root, redis, folder, endpoint, driver, closes } = JSON.parse(process.env.OPEN_HANDLES);
const mpauthx = require(root);

const STORES = {
  memory: ['memory'],
  file: [{ file: path.join(folder, 'tokens.db') }],
  redis: [redis],
  cache: [redis, { cache: true }],
};

const USERS = {
  set: () => new Set(),
  path: () => path.join(folder, 'users.db'),
  handle: () => new (require(driver))(path.join(folder, 'handle.db')),
};

test.each(Object.keys(STORES).flatMap((store) => Object.keys(USERS).map((users) => [store, users])))(
  'tokens: %s, users: %s',
  async (store, users) => {
    const [tokens, options] = STORES[store];
    const db = USERS[users]();
    const app = mpauthx('app', 'secret', 'shop', db, null, 60, {
      tokens,
      createTable: true,
      wechat: { endpoint },
      ...options,
    });
    const { token } = await app.sessions.issue(`${store} ${users}`);
    await app.isTokenValid(token);
    await Promise.all([app.isTokenValid(token), app.isTokenValid('none').catch(() => {}), app.health()]);
    await app.login('no code').catch(() => {});
    if (!closes) return;
    await Promise.all([app.refreshToken(`${store} ${users}`), app.close(), app.close()]);
    // Calls that come later leave nothing either.
    const late = [app.isTokenValid(token), app.refreshToken('nobody'), app.sessions.inspect('none'), app.close()];
    expect(
      await Promise.all(
        late.map((call) =>
          call.then(
            () => 'yes',
            () => 'no',
          ),
        ),
      ),
    ).toEqual(['no', 'no', 'yes', 'yes']);
    await app.isTokenValid(token).catch(() => {});
    if (db.close) db.close();
  },
);
