'use strict';

// How databases find a user: the statements that they get, explained by themselves.

const path = require('node:path');
const { createApp, drivers, DRIVERS, login, startFakeWeChat, tempDir, USER_TABLE } = require('../support');

/** Tables with an index on the id, by the collation of the column and that of the index. */
const INDEXED = {
  'as documented': USER_TABLE,
  'whose column ignores letter case': 'CREATE TABLE user (openId TEXT COLLATE NOCASE PRIMARY KEY)',
  'whose column ignores spaces at the end': 'CREATE TABLE user (openId TEXT COLLATE RTRIM UNIQUE)',
  'whose column ignores letter case, with an exact index':
    'CREATE TABLE user (openId TEXT COLLATE NOCASE); CREATE INDEX i ON user (openId COLLATE BINARY)',
  'whose column is exact, with the index that LIKE uses':
    'CREATE TABLE user (openId TEXT); CREATE INDEX i ON user (openId COLLATE NOCASE)',
};

/** Writes down the statements that `db` gets, with their values. */
function spyOn(db) {
  const asked = [];
  for (const method of ['all', 'run', 'prepare'].filter((name) => typeof db[name] === 'function')) {
    const original = db[method];
    db[method] = (sql, ...args) => {
      if (/\buser\b/.test(sql) && /openId/.test(sql)) asked.push(sql);
      return original.call(db, sql, ...args);
    };
  }
  return asked;
}

describe.each([...DRIVERS, 'an object with two methods'])('the statements that %s gets', (name) => {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  const isDouble = !DRIVERS.includes(name);

  test.each(Object.keys(INDEXED))('use the index of a table %s', async (table) => {
    const own = await drivers[isDouble ? 'sqlite3' : name](path.join(tempDir(), 'users.db'));
    await own.exec(INDEXED[table]);
    const { db } = own;
    const given = isDouble ? { all: (...args) => db.all(...args), run: (...args) => db.run(...args) } : db;
    const asked = spyOn(given);
    await login(createApp({ wechat, db: given, options: { users: 'object' } }), wechat, 'o1');
    const statements = [...new Set(asked)];
    expect(statements).toEqual([expect.stringMatching(/^SELECT/), expect.stringMatching(/^INSERT/)]);
    for (const sql of statements) {
      const values = Array.from(sql.matchAll(/\?/g), () => 'o1');
      const plan = (await own.all(`EXPLAIN QUERY PLAN ${sql}`, values)).map(({ detail }) => detail);
      expect(plan).toContainEqual(expect.stringMatching(/^SEARCH user USING .*INDEX/));
      expect(plan).not.toContainEqual(expect.stringMatching(/^SCAN user/));
    }
  });
});
