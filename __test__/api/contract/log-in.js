'use strict';

// A process of its own that logs one user in and prints what came of it: for what is decided when a
// process starts. Arguments: the endpoint, and the login as JSON.

const mpauthx = require('../../..');
const { everybody, sample } = require('../../support');

const [endpoint, login] = process.argv.slice(-2);
const { code, encryptedData, iv } = JSON.parse(login);
const app = mpauthx(sample.appId, 'secret', 'shop', everybody(), null, null, {
  tokens: 'memory',
  wechat: { endpoint },
});

app.authorize(code, encryptedData, iv).then(
  ({ response }) => console.log(JSON.stringify({ token: response })),
  (error) => console.log(JSON.stringify({ code: error.code, message: error.message })),
);
