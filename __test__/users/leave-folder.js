'use strict';

// Makes objects by these relative names, of a file of users and one of tokens, changes the working
// folder, and prints whether each finds o1 and issues a token.

const path = require('node:path');
const { createApp } = require('../support');

async function main({ file, names }) {
  process.chdir(path.dirname(file));
  const apps = names.map(([db, tokens]) => createApp({ db, tokens: { file: tokens } }));
  process.chdir('/');
  const found = apps.map((app) =>
    app.refreshToken('o1').then(
      () => 'found',
      ({ message }) => message,
    ),
  );
  console.log(JSON.stringify(await Promise.all(found)));
}

main(JSON.parse(process.argv[2]));
