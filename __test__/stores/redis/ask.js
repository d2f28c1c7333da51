'use strict';

// Prints the health of an object made with the options in the first argument.

const mpauthx = require('../../..');

async function main({ tokens, redisPass }) {
  const app = mpauthx(null, null, 'shop', null, redisPass, null, { tokens });
  console.log(JSON.stringify(await app.health()));
  await app.close();
}

main(JSON.parse(process.argv[2]));
