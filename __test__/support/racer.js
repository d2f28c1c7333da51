'use strict';

// One process of a fleet: says that it is ready, waits for its stdin to end, makes all its calls at
// once, prints the tokens.

const { once } = require('node:events');
const { createApp } = require('.');

async function main({ redis, tokens, file, endpoint, calls }) {
  const app = createApp({ redis, tokens, db: file, options: { wechat: { endpoint } } });
  console.log('ready');
  await once(process.stdin.resume(), 'end');
  const answers = await Promise.all(
    calls.map((call) =>
      call.refresh ? app.refreshToken(call.refresh) : app.authorize(call.code, call.encryptedData, call.iv),
    ),
  );
  await app.close();
  console.log(JSON.stringify(answers.map((answer) => answer.response)));
}

main(JSON.parse(process.argv[2]));
