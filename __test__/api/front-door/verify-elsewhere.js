'use strict';

// A process of its own that verifies a token and prints the session. Its argument: JSON
// { tokens, token }.

const { open } = require('./support');

const { tokens, token } = JSON.parse(process.argv.at(-1));
const auth = open({ tokens });
auth
  .verify(token)
  .then((session) => console.log(JSON.stringify(session)))
  .finally(() => auth.close());
