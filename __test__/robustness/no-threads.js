'use strict';

// What a factory, or the first call, says of each kind of object where the system starts no more
// threads. Prints one line of JSON.

const path = require('node:path');
const mpauthx = require('../..');
const { tempDir } = require('../support/temp-dir');

const folder = tempDir();
const KINDS = {
  'a name of redis': [new Set(['o1']), { tokens: 'redis://localhost:1' }],
  memory: [new Set(['o1']), { tokens: 'memory' }],
  'a file of tokens': [new Set(['o1']), { tokens: { file: path.join(folder, 'tokens.db') } }],
  'a path of users': [path.join(folder, 'users.db'), { tokens: 'redis://127.0.0.1:1', createTable: true }],
};

const told = (error) => ({
  is: Object.prototype.toString.call(error),
  name: error.name,
  code: error.code,
  message: error.message,
});

async function said([db, options]) {
  try {
    await mpauthx('app', 'secret', 'shop', db, null, 60, options).refreshToken('o1');
    return 'answered';
  } catch (error) {
    return told(error);
  }
}

async function main() {
  const found = {};
  for (const [name, given] of Object.entries(KINDS)) found[name] = await said(given);
  console.log(JSON.stringify(found));
  process.exit();
}

main();
