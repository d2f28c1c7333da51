'use strict';

// Worker threads that register users in one file, each with objects of its own, while the main
// thread writes beside them through its sqlite3 handle. One ends by itself, one calls close, one
// process.exit, one is terminated. Prints who was told that he is registered, with his token.

const { once } = require('node:events');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { createApp, dbRun, openSqlite, startFakeWeChat } = require('../support');

const USERS = 20;
const SHARED = 'shared';
const ENDS = ['end', 'close', 'exit', 'terminate'];

async function register({ file, tokens, endpoint, calls, end }) {
  const app = createApp({ db: file, tokens, options: { wechat: { endpoint } } });
  for (const { user, login } of calls) {
    const { response } = await app.authorize(login.code, login.encryptedData, login.iv);
    parentPort.postMessage([user, response]);
  }
  if (end === 'close') await app.close();
  if (end === 'exit') process.exit(0);
  if (end === 'terminate') setInterval(() => app.refreshToken(SHARED).catch(() => {}), 1);
}

async function main({ file, tokens }) {
  const wechat = await startFakeWeChat();
  const handle = await openSqlite(file);
  handle.configure('busyTimeout', 30000);
  const registered = [];
  let working = ENDS.length;

  const threads = ENDS.map(async (end) => {
    const calls = Array.from({ length: USERS }, (_, i) => {
      const user = `${end}-${i}`;
      return { user, login: wechat.user({ openId: user }) };
    });
    const worker = new Worker(__filename, { workerData: { file, tokens, endpoint: wechat.endpoint, calls, end } });
    let told = 0;
    worker.on('message', (who) => {
      registered.push(who);
      told += 1;
      if (end === 'terminate' && told === USERS) worker.terminate();
    });
    await once(worker, 'exit');
    working -= 1;
  });

  const rows = [];
  while (working > 0) {
    rows.push(rows.length + 1);
    await dbRun(handle, 'INSERT INTO ledger VALUES (?, randomblob(3000))', [rows.length]);
  }
  await Promise.all(threads);
  await wechat.close();
  console.log(JSON.stringify({ registered, rows }));
}

if (isMainThread) main(JSON.parse(process.argv[2]));
else register(workerData);
