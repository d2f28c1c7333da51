'use strict';

// Logs users in and refreshes them as fast as it can until it is killed, and prints every token
// that it is given. It loads little, for many of it are started.

const mpauthx = require('../../..');
const { sample } = require('../../../lib/testing/fake-wechat');
const { everybody } = require('../../support/everybody');

const print = ({ response }) => process.stdout.write(`${response}\n`);

async function main({ tokens, endpoint, people }) {
  const app = mpauthx(sample.appId, 'secret', 'shop', everybody(), null, null, { tokens, wechat: { endpoint } });
  const lanes = people.map(async ({ user, call }) => {
    for (;;) {
      print(await app.authorize(call.code, call.encryptedData, call.iv));
      for (let i = 0; i < 3; i += 1) print(await app.refreshToken(user));
    }
  });
  await Promise.all(lanes);
}

main(JSON.parse(process.argv[2]));
