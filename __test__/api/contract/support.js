'use strict';

const path = require('node:path');
const { createUserTable, dbAll, openSqlite, setting, tempDir } = require('../../support');

/** A token, its user and sku left open. */
const TOKEN = /^[^|]*\|.*\|[0-9a-f]{64}$/s;

/** What no store knows, and what has the shape of a token all the same. */
const UNKNOWN = `nobody|shop|${'0a'.repeat(32)}`;

/**
 * One redis and one WeChat for a file of tests; for each test an empty redis, a file with an empty
 * user table, its handle `db` and an object `app` on them. `open(given)` makes further objects.
 */
function contract() {
  const here = setting();
  beforeEach(async () => {
    here.db = await openSqlite(path.join(tempDir(), 'app.db'));
    await createUserTable(here.db);
    here.app = here.open({ db: here.db });
  });
  here.users = () => dbAll(here.db, 'SELECT * FROM user ORDER BY openId');
  return here;
}

/** The row that a login makes of a new user. */
const newUser = (openId) => ({
  openId,
  city: null,
  country: null,
  gender: null,
  language: null,
  nickName: null,
  province: null,
});

/**
 * Everything in a redis: each key with its type, its content and, where asked, nothing of its life.
 */
async function content(redis) {
  const dumps = async (key) => [key, await redis.type(key), (await redis.dumpBuffer(key)).toString('hex')];
  return Promise.all((await redis.keys('*')).sort().map(dumps));
}

/** `authorize` with what the fake WeChat made. */
const authorize = (app, { code, encryptedData, iv }) => app.authorize(code, encryptedData, iv);

module.exports = { TOKEN, UNKNOWN, contract, newUser, content, authorize };
