'use strict';

// Registers users in a file given by its path, and leaves without close: `end` lets Node come to
// its end, `exit` calls process.exit.

const { createApp, login, startFakeWeChat } = require('../support');

async function main({ file, users, how }) {
  const wechat = await startFakeWeChat();
  const app = createApp({ wechat, db: file });
  for (const user of users) await login(app, wechat, user);
  await wechat.close();
  console.log(JSON.stringify(users.length));
  if (how === 'exit') process.exit(0);
}

main(JSON.parse(process.argv[2]));
