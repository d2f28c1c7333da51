'use strict';

// Opens a database by a relative path, then changes to a folder that holds another of the same
// name, which it may open too. Prints who is found.

const { createApp, dbAll, login, openSqlite, rejection, startFakeWeChat } = require('../support');

async function main({ here, there, name, both }) {
  const wechat = await startFakeWeChat();
  process.chdir(here);
  const handle = await openSqlite(name);
  process.chdir(there);
  if (both) await dbAll(await openSqlite(name), 'SELECT count(*) FROM user');
  const app = createApp({ wechat, db: handle });
  const report = {
    here: await app.refreshToken('here').then(
      () => 'found',
      (error) => error.code,
    ),
    there: (await rejection(app.refreshToken('there'))).code,
  };
  await login(app, wechat, 'new');
  report.rows = (await dbAll(handle, 'SELECT openId FROM user ORDER BY rowid')).map((row) => row.openId);
  await app.close();
  await wechat.close();
  console.log(JSON.stringify(report));
}

main(JSON.parse(process.argv[2]));
