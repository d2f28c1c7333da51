'use strict';

// After `close()` files are the application's again: on Windows nobody removes or renames what is
// open. SQLite's own files beside them are gone.

const fs = require('node:fs');
const path = require('node:path');
const { createApp, dbAll, dbClose, issue, isValid, openSqlite, refresh, tempDir } = require('../../support');
const { userFile } = require('../../users/support');

const inFolder = (file) => fs.readdirSync(path.dirname(file)).sort();

describe.each(['DELETE', 'WAL'])('after close() files of users and tokens (%s)', (journal) => {
  let file;
  let token;
  beforeEach(async () => {
    file = await userFile({ journal, users: ['o1'] });
    const app = createApp({ db: file, tokens: { file: path.join(path.dirname(file), 'tokens.db') } });
    token = await issue(app, 'o1');
    await refresh(app, 'o1');
    await app.close();
  });

  test('stand alone', () => {
    expect(inFolder(file)).toEqual(['app.db', 'tokens.db']);
  });

  test('can be renamed, and serve under the new names', async () => {
    const moved = path.join(tempDir(), 'moved.db');
    fs.renameSync(path.join(path.dirname(file), 'tokens.db'), moved);
    fs.renameSync(file, `${file}.old`);
    const app = createApp({ db: `${file}.old`, tokens: { file: moved } });
    expect(await isValid(app, await refresh(app, 'o1'))).toBe(true);
    expect(await isValid(app, token)).toBe(false);
  });

  test('can be removed', () => {
    for (const name of inFolder(file)) fs.unlinkSync(path.join(path.dirname(file), name));
    expect(inFolder(file)).toEqual([]);
  });
});

test("the application's own handle works on after close()", async () => {
  const file = await userFile({ users: ['o1'] });
  const own = await openSqlite(file);
  const app = createApp({ db: own, tokens: { file: path.join(path.dirname(file), 'tokens.db') } });
  await refresh(app, 'o1');
  await app.close();
  expect(await dbAll(own, 'SELECT openId FROM user')).toEqual([{ openId: 'o1' }]);
  await dbClose(own);
  for (const name of inFolder(file)) fs.unlinkSync(path.join(path.dirname(file), name));
});
