'use strict';

// The two doors: the factory of 1.3.2, and `createAuth` for new applications. Rust decides what a
// call does. The syntax is that of Node 14.

const { named, readAuthConfig } = require('./lib/auth-config.js');
const native = require('./lib/binding.js');
const { createCalls } = require('./lib/calls.js');
const { readConfig } = require('./lib/config.js');
const { createContract } = require('./lib/contract.js');
const { constants } = require('./lib/errors.js');
const { checkpointAtExit } = require('./lib/exit.js');
const { createFront } = require('./lib/front.js');
const { remember } = require('./lib/given.js');
const { MpauthxError } = require('./lib/mpauthx-error.js');

checkpointAtExit(native.checkpoint);

function mpauthx(appId, secret, sku, db, redisPass, ttl, options) {
  const given = readConfig(appId, secret, sku, db, redisPass, ttl, options);
  const calls = createCalls(given);
  const contract = createContract(calls);
  return remember({ ...contract, ...createFront(calls, given.config), constants }, given);
}

function createAuth(options) {
  return named(() => {
    const given = readAuthConfig(options);
    return remember(createFront(createCalls(given), given.config), given);
  });
}

module.exports = mpauthx;
module.exports.default = mpauthx;
module.exports.createAuth = createAuth;
module.exports.MpauthxError = MpauthxError;
module.exports.statusCode = constants.statusCode;
