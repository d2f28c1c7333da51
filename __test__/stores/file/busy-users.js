'use strict';

// Registers users and changes their tokens as fast as it can, for ever. Prints a line before each
// call and one behind it, at once. Argument: JSON { file, tokens, round }.

const fs = require('node:fs');
const { createApp, login, refresh, rotate, startFakeWeChat } = require('../../support');

const LANES = 4;
/** Rotations of one session: an old token is followed through that many within its grace. */
const TURNS = 8;
const CALLS = ['login', 'refresh', 'login', 'refresh', 'refresh', 'login'];

/** Not `console.log`: what is printed must be out before the process can be killed. */
const print = (...words) => fs.writeSync(1, `${words.join(' ')}\n`);

async function main({ file, tokens, round }) {
  const wechat = await startFakeWeChat();
  const app = createApp({ wechat, db: file, tokens });
  const calls = {
    login: (user) => login(app, wechat, user),
    refresh: (user) => refresh(app, user),
    rotate: (_user, token) => rotate(app, token, { grace: 3600 }),
  };

  async function call(name, user, given) {
    print('begin', name, user);
    const token = await calls[name](user, given);
    print('end', name, user, token);
    return token;
  }

  /** Users of its own, one after the other, each new. */
  async function lane(number) {
    for (let i = 0; ; i += 1) for (const name of CALLS) await call(name, `r${round}-${number}-${i}`);
  }

  /** Users that all have in common, also with the rounds before. */
  async function crowd() {
    for (let i = 0; ; i += 1) {
      const user = `crowd-${i % 3}`;
      await Promise.all([call('login', user), call('login', user)]);
      await Promise.all([call('login', user), call('refresh', user), call('refresh', user)]);
    }
  }

  /** New users, whose one session gets token after token. */
  async function turner() {
    for (let i = 0; ; i += 1) {
      const user = `turn-${round}-${i}`;
      let token = await call('login', user);
      for (let turn = 0; turn < TURNS; turn += 1) token = await call('rotate', user, token);
    }
  }

  await Promise.all([...Array.from({ length: LANES }, (_, number) => lane(number)), crowd(), turner()]);
}

main(JSON.parse(process.argv[2]));
