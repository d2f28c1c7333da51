'use strict';

// One process of a fleet: says that it is ready, waits for its stdin to end, exchanges all its
// codes at once, prints the numbers.

const { once } = require('node:events');
const { createApp } = require('../support');

async function main({ tokens, endpoint, codes }) {
  const app = createApp({ tokens, options: { wechat: { endpoint } } });
  console.log('ready');
  await once(process.stdin.resume(), 'end');
  const numbers = await Promise.all(codes.map((code) => app.wechat.getPhoneNumber(code)));
  await app.close();
  console.log(JSON.stringify(numbers));
}

main(JSON.parse(process.argv.at(-1)));
