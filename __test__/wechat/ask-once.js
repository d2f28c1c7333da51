'use strict';

// A process of its own that logs one user in by code, asks for a phone number, and prints what came
// of both: for what is decided when a process starts. Its argument: what the factory's options hold
// under `wechat`, and the codes.

const { inspect } = require('node:util');
const { createApp, everybody, seen } = require('../support');

const { wechat, login, phone } = JSON.parse(process.argv.at(-1));
const app = createApp({ db: everybody(), options: { wechat } });

const outcome = (promise) =>
  promise.then(
    (value) => ({ value }),
    (error) => ({ error: seen(error), all: `${inspect(error)} ${error.stack}` }),
  );

Promise.all([outcome(app.login(login)), phone ? outcome(app.wechat.getPhoneNumber(phone)) : undefined]).then((both) =>
  console.log(JSON.stringify(both)),
);
