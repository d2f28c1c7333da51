'use strict';

const path = require('node:path');
const { createApp, drivers, everybody, startFakeWeChat, tempDir } = require('../../support');

/**
 * One WeChat for a file of tests, and for each a file for tokens that is not there yet.
 * `open(given)` makes an object on it.
 */
function fileSetting() {
  const here = {};
  beforeAll(async () => {
    here.wechat = await startFakeWeChat();
  });
  beforeEach(() => {
    here.file = path.join(tempDir(), 'tokens.db');
  });
  here.open = ({ file = here.file, ...given } = {}) =>
    createApp({ wechat: here.wechat, db: everybody(), tokens: { file }, ...given });
  return here;
}

/** The sessions that the file's table holds and that have not ended, as [user, sku, token]. */
async function rowsOf(file) {
  const own = await drivers.sqlite3(file);
  const rows = await own.all('SELECT * FROM mpauthx_session WHERE ended IS NULL ORDER BY issued');
  await own.close();
  return rows.map(({ user, sku, token }) => [user, sku, token]);
}

/** How the file keeps its journal. */
async function journalOf(file) {
  const own = await drivers.sqlite3(file);
  const [{ journal_mode: journal }] = await own.all('PRAGMA journal_mode');
  await own.close();
  return journal;
}

module.exports = { fileSetting, rowsOf, journalOf };
