'use strict';

// One process of a fleet: prepares nothing, lets its users act until its stdin ends, prints what it
// saw.

const { once } = require('node:events');
const { createApp, everybody, startFakeWeChat } = require('../../support');
const { history, startLoad } = require('./load');

async function main({ tokens, people }) {
  const wechat = await startFakeWeChat();
  const app = createApp({ wechat, tokens, db: everybody() });
  const pasts = people.map(({ user, ...given }) => history(user, given));
  const load = startLoad(app, wechat, pasts);
  await load.answers(3);
  console.log('busy');
  await once(process.stdin.resume(), 'end');
  await load.answers(5); // each of the users is served again
  const seen = await load.stop();
  await app.close();
  await wechat.close();
  console.log(JSON.stringify(seen));
}

main(JSON.parse(process.argv[2]));
