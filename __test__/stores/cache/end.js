'use strict';

// Another process, which ends tokens. Argument: JSON { tokens, ended }.

const { createApp } = require('../../support');

async function main({ tokens, ended }) {
  const app = createApp({ tokens });
  for (const token of ended) await app.sessions.revoke(token);
  console.log('ended');
  await app.close();
}

main(JSON.parse(process.argv[2]));
