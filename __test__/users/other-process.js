'use strict';

// Another process that writes the same file, by its own handle and by the library, until its stdin
// ends. Prints what it was told is done.

const { once } = require('node:events');
const { createApp, startFakeWeChat } = require('../support');
const { patient, registrar, writer } = require('./writer');

const OWN_NUMBERS = 1000000;
const ENOUGH = 10;

async function main({ file, tokens }) {
  const wechat = await startFakeWeChat();
  const own = await patient('sqlite3', file);
  const { written, writeUntil } = writer(OWN_NUMBERS);
  const app = createApp({ wechat, db: file, tokens });
  const logins = registrar(app, wechat);
  let told = false;
  const isOver = () => told && [written.length, Object.keys(logins.tokens).length].every((count) => count >= ENOUGH);
  once(process.stdin.resume(), 'end').then(() => {
    told = true;
  });
  console.log('writing');
  await Promise.all([writeUntil(isOver, own), logins.registerUntil(isOver, 'other')]);
  await app.close();
  await own.close();
  await wechat.close();
  console.log(JSON.stringify({ written, tokens: logins.tokens }));
}

main(JSON.parse(process.argv[2]));
