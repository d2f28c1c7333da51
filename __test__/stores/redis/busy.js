'use strict';

// Logs users in and refreshes them as fast as it can, for ever, and prints a dot for each round.

const { createApp, everybody } = require('../../support');

async function main({ redis, endpoint, users, calls }) {
  const app = createApp({ redis, db: everybody(), options: { wechat: { endpoint } } });
  for (;;) {
    await Promise.all([
      ...calls.map((call) => app.authorize(call.code, call.encryptedData, call.iv)),
      ...users.map((user) => app.refreshToken(user)),
    ]);
    process.stdout.write('.');
  }
}

main(JSON.parse(process.argv[2]));
