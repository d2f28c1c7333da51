'use strict';

const http = require('node:http');
const { once } = require('node:events');
const { defer } = require('./cleanup');

/** The address of a WeChat that takes requests and never answers. */
async function hangingWeChat() {
  const server = http.createServer(() => {});
  defer(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

module.exports = { hangingWeChat };
