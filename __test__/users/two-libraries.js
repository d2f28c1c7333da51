'use strict';

// An application in one process with the library: it writes its own table through its own driver
// and opens and closes others, from the first moment on, while logins register users in the same
// file. Prints what each side was told is done.

const { createApp, startFakeWeChat } = require('../support');
const { give } = require('./kinds');
const { patient, registrar, writer } = require('./writer');

const LANES = ['lane1', 'lane2', 'lane3'];
const ENOUGH = 20; // of each: less would be no trial, however slow the machine

async function main({ file, kind, tokens, seconds }) {
  const wechat = await startFakeWeChat();
  const own = await patient(kind.driver, file);
  const { written, write, writeUntil } = writer(1);
  let opened = 0;

  async function openUntil(isOver) {
    while (!isOver()) {
      const other = await patient(kind.driver, file);
      await other.all('SELECT count(*) FROM user');
      if (opened % 3 === 0) await write(other);
      await other.close();
      opened += 1;
      await new Promise(setImmediate);
    }
  }

  const end = Date.now() + seconds * 1000;
  let users = {};
  const isOver = () =>
    Date.now() > end && [written.length, opened, Object.keys(users).length].every((count) => count >= ENOUGH);
  const application = [writeUntil(isOver, own), openUntil(isOver), openUntil(isOver)];
  const app = createApp({ wechat, db: give(kind, file, own.db), tokens, options: kind.options });
  const logins = registrar(app, wechat);
  users = logins.tokens;
  await Promise.all([...application, ...LANES.map((lane) => logins.registerUntil(isOver, lane))]);
  await app.close();
  await own.close();
  await wechat.close();
  console.log(JSON.stringify({ written, opened, tokens: logins.tokens }));
}

main(JSON.parse(process.argv[2]));
