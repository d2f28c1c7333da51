'use strict';

// A server of one framework, whose name is the argument, on a redis and a WeChat of the test's.
// Prints its port. A rejection that nobody handles ends it.

const { createAuth } = require('../../..');
const { FRAMEWORKS, idiomsOf, serverOf } = require('./frameworks');
const { PUSH } = require('./servers/parts');

const name = process.argv.pop();
const { REDIS_URL, WECHAT, ONLY } = process.env;

/** All guards of a file, also those that the framework cannot bear and has not among its own. */
const chosen = () => Object.values(serverOf(name).idioms).flatMap((set) => Object.entries(set));

async function start() {
  const framework = FRAMEWORKS[name];
  const auth = createAuth({
    appId: 'wx0123456789abcdef',
    secret: 'app-secret-0123456789abcdef',
    sku: 'shop',
    tokens: REDIS_URL,
    wechat: { endpoint: WECHAT, push: PUSH },
  });
  const guards = (ONLY ? chosen().filter(([idiom]) => idiom === ONLY) : idiomsOf(name)).map(([, make]) => make);
  const load = (other) => require(other || framework.package);
  const server = serverOf(name);
  const app = await server.create({ maker: framework.maker, load, auth, guards });
  server.listen(app, 0, (port) => console.log(`port ${port}`), load);
}

start();
